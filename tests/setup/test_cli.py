"""The command `rodatraden`: what it understands, what it refuses in which words, and what its parts do."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha1, sha256
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from rodatraden.cli import check, demo, first, main, parser, send_mail, start, work
from rodatraden.cli.words import StopError, because_of_space
from rodatraden.config import clock
from rodatraden.config.turns import THREADS, WORKERS
from rodatraden.core.sealing import identity
from rodatraden.parties.actions import grant_membership, make_opening_key
from rodatraden.parties.models import Membership, OpeningKey, Organisation, Person
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import note_stamp_trial, store_bytes, write_mail
from rodatraden.records.handing_out import WAITS_FOR
from rodatraden.records.models import LedgerBody, LedgerEntry, OutboxMail, StampTrial
from rodatraden.records.storage import write_secret
from rodatraden.tenders.models import StressRun
from tests.factories.parties import make_buyer, make_holder, make_person, make_supplier
from tests.factories.runs import ask
from tests.factories.scanner import Says, listening
from tests.factories.tenders import make_drafted
from tests.setup.places import can_mount, environment, free_port, on_small_disk, rodatraden, taken_port

AT = datetime(2027, 2, 28, 12, tzinfo=UTC)
ANSWERS = ["Samordningsförbundet Norra", "1", "", "Anna Ek", "anna@exempel.se", *["hel tråd från behov"] * 2]


def test_help_is_swedish_and_reads_no_django():
    code = (
        "import sys; from rodatraden.cli import parser; print(parser().format_help());"
        "assert not {name for name in sys.modules if name.startswith('django')}"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert "starta servern på den här datorn" in done.stdout


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000x", "", "\uff18\uff10\uff18\uff10"])
def test_what_is_no_port_is_refused(port, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["start", f"--port={port}"])
    assert caught.value.code == 2
    assert f"{port} är inget portnummer, det ska vara ett tal från 1 till 65535" in capsys.readouterr().err


def test_a_day_is_read_and_what_is_no_day_is_refused(capsys):
    assert parser().parse_args(["demo", "--as-of", "2028-02-29"]).as_of == date(2028, 2, 29)
    with pytest.raises(SystemExit):
        main(["demo", "--as-of", "2027-02-29"])
    assert "2027-02-29 är ingen dag, skriv den som 2027-02-28" in capsys.readouterr().err


@pytest.mark.django_db
def test_as_of_a_day_to_come_the_examples_clock_goes_there(settings, capsys, time_machine):
    settings.DEMO = True
    time_machine.move_to(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), tick=False)
    demo.load(as_of=date(2027, 3, 29))  # Easter Monday, the day after summer time began
    assert clock.now() == datetime(2027, 3, 29, 8, 30, tzinfo=UTC)  # the same time of day, which is summer time then
    assert "flyttades fram till 2027-03-29" in capsys.readouterr().out
    assert StageFact.objects.filter(kind="contract_signed").count() == 1
    assert not LedgerBody.objects.filter(at__gt=clock.now()).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date.min, "högst tio år från i dag, inte 0001-01-01"),
        (date(2017, 6, 1), "Reglerna den 2017-06-01 tillåter inte"),
        (date.max, "högst tio år från i dag, inte 9999-12-31"),
    ],
)
def test_as_of_a_day_without_rules_nothing_is_loaded_and_a_sentence_says_so(settings, time_machine, day, reason):
    settings.DEMO = True
    time_machine.move_to(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), tick=False)
    with pytest.raises(StopError, match=reason):
        demo.load(as_of=day)
    assert not Organisation.objects.exists()
    assert clock.demo_offset() == timedelta()


def test_as_of_a_day_that_has_passed_it_is_said_that_deadlines_have_too():
    said = demo.where_time_stands(date(2026, 1, 5), date(2026, 3, 2))
    assert (
        said
        == "Klockan visar 2026-03-02, senare än 2026-01-05: tider däremellan har gått ut, och uppgifter är försenade."
    )


def test_what_is_unknown_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--everything"])
    assert "okänt: --everything" in capsys.readouterr().err


# What stops it before it begins


def test_a_taken_port_is_told_with_what_to_do(tmp_path):
    with taken_port() as port:
        done = rodatraden(tmp_path / "new", "start", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Port {port} är upptagen av ett annat program, kanske av Röda tråden i ett annat fönster. "
        "Stäng det, eller välj en annan port: ./run --port 8642\n"
    )
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("arrival", "options", "told"),
    [
        ("proxy", [], "RODATRADEN_ARRIVAL=proxy kräver --socket: "),
        ("kernel", ["--socket", "rt.socket"], "--socket kräver RODATRADEN_ARRIVAL=proxy: "),
    ],
)
def test_a_socket_and_a_proxy_that_tells_when_bids_come_go_together(tmp_path, arrival, options, told):
    done = rodatraden(
        tmp_path / "new", "start", "--empty", "--port", str(free_port()), *options, RODATRADEN_ARRIVAL=arrival
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(told)


@pytest.mark.skipif(not can_mount(), reason="this user may not mount a small disk")
@pytest.mark.parametrize("kilobytes", [4, 400])
def test_a_full_disk_is_told_without_a_trace(tmp_path, kilobytes):
    command = [sys.executable, "-m", "rodatraden.cli", "start", "--empty", "--port", str(free_port())]
    data = {"RODATRADEN_DATA_DIR": str(tmp_path)}
    done = on_small_disk(tmp_path, kilobytes, command, env=environment(**data))
    assert done.returncode == 1
    assert done.stderr == "Disken är full. Frigör plats och kör samma kommando igen. Ingenting har gått förlorat.\n"


def test_another_error_is_not_taken_for_a_full_disk():
    assert because_of_space(ValueError("x")) is None
    assert because_of_space(FileNotFoundError(2, "No such file")) is None


def test_an_empty_start_never_opens_the_folder_of_the_example(tmp_path):
    (tmp_path / "mode").write_text("demo", encoding="ascii")
    done = rodatraden(tmp_path, "start", "--empty", "--port", str(free_port()))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Mappen {tmp_path} innehåller exemplet. Flytta eller ta bort den, eller ange en")


# The first start of an installation of one's own


@contextmanager
def _started(data, *arguments, answers=()):
    """Start the server, answer its questions, and give a connection to it once it says that it is running."""
    port = free_port()
    command = [sys.executable, "-m", "rodatraden.cli", "start", "--port", str(port), *arguments]
    server = subprocess.Popen(
        command,
        env=environment(RODATRADEN_DATA_DIR=str(data)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        server.stdin.write("".join(f"{answer}\n" for answer in answers))
        server.stdin.flush()
        said = ""
        for line in server.stdout:
            said += line
            if "Ctrl+C" in line:
                break
        with closing(HTTPConnection("localhost", port, timeout=30)) as visitor:
            yield visitor, said
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
        assert server.returncode == 0


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """Give the data folder of an installation that has been started empty, with its first administrator."""
    data = tmp_path_factory.mktemp("installation") / "data"
    with _started(data, "--empty", answers=ANSWERS) as (visitor, said):
        assert "Röda tråden är igång: http://localhost:" in said
        assert "exemplet" not in said.lower()
        assert "Logga in med den e-postadress och det lösenord som du valde." in said
        assert "rodatraden send-mail" in said
        visitor.request("GET", reverse("account_login"))
        answer = visitor.getresponse()
        assert answer.status == 200
        assert "Logga in" in answer.read().decode()
    return data


def test_a_second_start_asks_nothing_and_stays_without_the_example(installation):
    with _started(installation) as (visitor, said):
        told, _, running = said.partition("\n")
        assert told == "Filer som andra skickar genomsöks inte efter virus. RODATRADEN_SCANNER anger en genomsökare."
        assert running.startswith("Röda tråden är igång: ")
        visitor.request("GET", reverse("account_login"))
        assert visitor.getresponse().status == 200
    assert (installation / "mode").read_text(encoding="ascii") == "own"


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_server_that_is_ended(installation, end):
    command = [sys.executable, "-m", "rodatraden.cli", "start", "--port", str(free_port())]
    data = environment(RODATRADEN_DATA_DIR=str(installation))
    with subprocess.Popen(command, env=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        assert any("Ctrl+C" in line for line in server.stdout)
        server.send_signal(end)
        server.communicate(timeout=30)  # every process that holds its output has ended


def test_secrets_are_made_once_for_their_owner_only(installation):
    folder = installation / "secrets"
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]} == {0}
    assert (folder / "django").exists()


def test_the_example_is_not_loaded_among_ones_own_data(installation):
    done = rodatraden(installation, "demo")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Det finns redan uppgifter i databasen, och exemplet laddas bara i en tom.\n"


def test_a_folder_that_lost_its_mark_is_not_taken_for_the_example(installation):
    (installation / "mode").unlink()
    done = rodatraden(installation, "start", "--port", str(free_port()))
    assert done.returncode == 1
    assert done.stderr == "Databasen har redan uppgifter som inte är exemplet. Kör: ./run --empty\n"
    assert not (installation / "mode").exists()


def test_the_check_finds_a_whole_installation_well(installation, tmp_path):
    with listening(tmp_path, Says()) as place:
        done = rodatraden(installation, "check", RODATRADEN_SCANNER=place)
    assert [line[:4] for line in done.stdout.splitlines()] == ["ok  "] * 13
    found = re.search(r"Händelseloggen håller: (\d+) poster, rot ", done.stdout)
    assert int(found[1]) >= 3  # and cover, once the worker has had time for the first head
    assert (done.returncode, done.stderr) == (0, "")


def test_a_secret_that_others_can_read_stops_every_command_with_a_sentence(installation):
    secret = installation / "secrets" / "django"
    secret.chmod(0o640)
    done = rodatraden(installation, "check")
    secret.chmod(0o600)
    assert (done.returncode, done.stdout) == (1, "")
    told = "Andra användare på datorn kan läsa hemligheterna: django. Ta bort deras rättigheter med chmod go=."
    assert done.stderr.strip() == told


def test_the_worker_ends_when_nothing_waits(installation):
    done = rodatraden(installation, "work", "--once")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_log_is_written_to_a_file_that_the_verifier_reads(installation, tmp_path):
    assert rodatraden(installation, "work", "--once").returncode == 0  # a head has been signed
    log = tmp_path / "logg.jsonl"
    done = rodatraden(installation, "log", str(log), "--with-bodies")
    assert (done.returncode, done.stderr) == (0, "")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    key = json.loads(log.read_text(encoding="utf-8").split("\n")[0])["key"]
    done = rodatraden(installation, "verify", "--key", key, str(log))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{log}: håller." in done.stdout
    assert rodatraden(installation, "verify", str(log)).returncode == 3  # agrees, by a key that the file itself brings
    log.write_text(log.read_text(encoding="utf-8").replace("_registered", "_registerad"), encoding="utf-8")
    done = rodatraden(installation, "verify", str(log))
    assert (done.returncode, "HÅLLER INTE. Innehållet i post" in done.stdout) == (1, True)
    assert rodatraden(installation, "log", str(log)).returncode == 1  # never written over


def ends_in_order(pid: int) -> bool:
    """Whether a process has said what it does when it is told to end."""
    caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text("ascii"), re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) & 1 << signal.SIGTERM - 1)


def test_a_worker_ends_when_told_to_and_one_beside_a_server_that_is_gone_at_once(installation):
    data = environment(RODATRADEN_DATA_DIR=str(installation))
    command = [sys.executable, "-m", "rodatraden.cli", "work"]
    assert subprocess.run([*command, "--beside", "1"], env=data, timeout=60, check=False).returncode == 0
    worker = subprocess.Popen([*command, "--beside", str(os.getpid())], env=data)
    while not ends_in_order(worker.pid):  # it has read the program by then, however busy the machine is
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(timeout=0.2)
    worker.terminate()
    assert worker.wait(timeout=30) == 0


class _Waits(Event):
    """Counts how often somebody waits, and does something meanwhile: no time passes."""

    def __init__(self, meanwhile=lambda: False):
        super().__init__()
        self.times, self.meanwhile = 0, meanwhile

    def wait(self, timeout=None):
        assert timeout == work.SECONDS_BETWEEN_TRIES
        self.times += 1
        return self.meanwhile()


@pytest.mark.django_db
def test_a_stamp_that_cannot_be_tried_for_a_minute_is_noted_as_failed():
    told = _Waits()
    work._try_stamp(f"http://127.0.0.1:{free_port()}", told)
    assert told.times * work.SECONDS_BETWEEN_TRIES == 60
    assert [(each.source, each.off_ms) for each in StampTrial.objects.all()] == [("", None)]


@pytest.mark.django_db
def test_a_trial_that_ends_with_its_server_is_noted_as_nothing():
    work._try_stamp(f"http://127.0.0.1:{free_port()}", _Waits(lambda: True))
    assert not StampTrial.objects.exists()


@pytest.mark.django_db
def test_a_server_that_is_there_at_the_second_try_has_not_failed():
    number = WORKERS * THREADS + 1

    def answer(line):
        with line:
            data = b""
            while b"\r\n\r\n" not in data:
                data += line.recv(65_536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += line.recv(65_536)
            stamp = {"at": clock.now().isoformat(), "source": "proxy-last-byte"}
            line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + json.dumps(stamp).encode())

    with closing(socket.socket()) as listening, ThreadPoolExecutor(number + 1) as pool:
        listening.bind(("127.0.0.1", 0))

        def come_up():
            listening.listen(number)
            pool.submit(lambda: [pool.submit(answer, listening.accept()[0]) for _ in range(number)])
            return False

        told = _Waits(come_up)
        work._try_stamp(f"http://127.0.0.1:{listening.getsockname()[1]}", told)
    assert told.times == 1
    assert [each.source for each in StampTrial.objects.all()] == ["proxy-last-byte"]


def test_what_a_crash_left_is_swept(installation):
    left = installation / "files" / "2026" / "orphan"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"x")
    assert rodatraden(installation, "sweep").returncode == 0
    assert left.exists()  # it may still get its row
    os.utime(left, (0, 0))
    done = rodatraden(installation, "sweep")
    assert (done.returncode, done.stdout) == (
        0,
        "Filer som ingenting hänvisade till, undanlagda i quarantine/ i 90 dagar: 1. Förseglade anbud som aldrig lämnades in: 0.\n",
    )
    assert not left.exists()


def test_commands_of_django_are_reached(installation):
    done = rodatraden(installation, "manage", "migrate", "--check", "--verbosity", "0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_folder_of_an_earlier_program_is_neither_served_nor_called_well(installation, tmp_path):
    """Its tables have been written anew since, under the same name of the change."""
    data = tmp_path / "folder"
    shutil.copytree(installation, data)
    with closing(sqlite3.connect(data / "rodatraden.sqlite3")) as database:
        database.execute("ALTER TABLE records_outboxmail RENAME COLUMN last_error TO earlier")
        database.commit()
    checked = rodatraden(data, "check")
    assert checked.returncode == 1
    assert "FEL  Databasen gjordes av ett tidigare program" in checked.stdout
    assert "records_outboxmail.last_error" in checked.stdout
    started = rodatraden(data, "start", "--port", str(free_port()))
    assert started.returncode == 1
    assert "records_outboxmail.last_error" in started.stderr


# The dialogue


@pytest.mark.django_db
class TestDialogue:
    @pytest.fixture
    def answer(self, monkeypatch):
        def answer(*lines):
            monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
            first.ask()

        return answer

    def test_the_first_organisation_gets_its_administrator(self, answer):
        answer(*ANSWERS)
        [membership] = Membership.objects.all()
        assert membership.role == Membership.Role.ADMINISTRATOR
        assert membership.organisation.name == "Samordningsförbundet Norra"
        assert membership.organisation.kind == Organisation.Kind.COORDINATION_ASSOCIATION
        assert membership.person.email == "anna@exempel.se"
        assert membership.person.check_password("hel tråd från behov")
        assert not membership.person.is_fictional
        assert LedgerEntry.objects.count() == 3

    def test_what_cannot_be_read_is_asked_again_with_what_is_wrong(self, answer, capsys):
        name, kind, number, person, email, password, again = ANSWERS
        answer(
            "",
            name,
            "9",
            "två",
            kind,
            "12345",
            "556016-0681",
            number,
            person,
            "anna",
            email,
            "kort",
            password,
            "annat",
            password,
            again,
        )
        said = capsys.readouterr().out
        assert said.count("Här behövs ett svar.") == 1
        assert said.count("Svara med ett tal från 1 till 4.") == 2
        assert said.count("Ett svenskt organisationsnummer har tio siffror") == 1
        assert "Sista siffran stämmer inte me" in said
        assert said.count("Fyll i en giltig e-postadress.") == 1
        assert "Det måste innehålla minst 12 tecken." in said
        assert said.count("Lösenorden är olika. Välj en gång till.") == 1
        assert Person.objects.get().name == person

    def test_nothing_is_kept_of_a_dialogue_that_is_left(self, answer):
        with pytest.raises(StopError, match="Ingenting sparades"):
            answer(*ANSWERS[:4])
        assert (Organisation.objects.count(), Person.objects.count(), LedgerEntry.objects.count()) == (0, 0, 0)


# Checks and mail


def add_sign_in_key(person, host) -> None:
    """A security key as a device of `host` writes it when it is added."""
    key = AttestedCredentialData.create(bytes(16), b"key", ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}))
    written = AuthenticatorData.create(sha256(host.encode()).digest(), AuthenticatorData.FLAG.AT, 0, key)
    client = CollectedClientData.create("webauthn.create", b"challenge", f"https://{host}")
    answer = {
        "id": websafe_encode(b"key"),
        "rawId": websafe_encode(b"key"),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", written, {})),
        },
    }
    Authenticator.objects.create(user=person, type="webauthn", data={"name": host, "credential": answer})


@pytest.mark.django_db
class TestCheck:
    @pytest.fixture(autouse=True)
    def _secrets(self, data_dir):
        (data_dir / "secrets").mkdir(mode=0o700)

    def _found(self, capsys):
        code = check.run(None)
        return code, [line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines() if line[:3] == "FEL"]

    @pytest.fixture(autouse=True)
    def _as_the_example(self, settings):
        settings.DEMO = True  # what a public server needs is none of these tests' business

    def test_secrets_that_others_can_read_are_found(self, data_dir, capsys):
        (data_dir / "secrets/django").write_text("x", encoding="ascii")
        (data_dir / "secrets/django").chmod(0o644)
        assert self._found(capsys) == (
            1,
            ["Andra användare på datorn kan läsa hemligheterna: django. Ta bort deras rättigheter med chmod go=."],
        )

    def test_keys_that_others_can_read_are_found_too(self, data_dir, capsys):
        write_secret(data_dir / "keys/9b2f.judged.age", "x")
        assert self._found(capsys) == (0, [])
        (data_dir / "keys/9b2f.judged.age").chmod(0o604)
        code, [line] = self._found(capsys)
        assert (code, "9b2f.judged.age" in line) == (1, True)

    def test_whether_there_is_a_list_of_leaked_passwords_is_told(self, tmp_path, capsys, settings):
        settings.LEAKED_PASSWORDS = tmp_path / "leaked.txt"
        code, [line] = self._found(capsys)
        assert (code, "leaked.txt" in line, "går inte att läsa" in line) == (1, True, True)
        hashes = sorted(sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in check.SURELY_LEAKED)
        lines = [f"{each}:1\n" for each in hashes]
        wrong = {
            "lower case": "".join(lines).lower(),
            "another order": "".join(reversed(lines)),
            "empty": "",
            "others": f"{'0' * 40}:1\n",
        }
        for what, text in wrong.items():
            settings.LEAKED_PASSWORDS.write_text(text, encoding="ascii")
            code, [line] = self._found(capsys)
            assert (code, "hittas ingenting, inte ens" in line) == (1, True), what
        settings.LEAKED_PASSWORDS.write_text("".join(lines), encoding="ascii")
        assert self._found(capsys) == (0, [])

    def test_passkeys_of_another_host_are_counted_with_what_to_do(self, capsys, settings):
        holder = make_holder("Jonas", make_buyer()).person
        make_opening_key(
            recipient=identity.make().recipient,
            door=OpeningKey.Door.PASSKEY,
            lock=OpeningKey.objects.get().lock,
            passkey="AGE-PLUGIN-FIDO2PRF-1X",
            by=holder,
            at=AT,
        )
        add_sign_in_key(holder, "localhost")
        assert self._found(capsys) == (0, [])
        settings.OPENING_KEY_HOST = "upphandling.exempel.se"
        code, [line] = self._found(capsys)
        assert code == 1
        assert "ett annat värdnamn än upphandling.exempel.se: 1 (localhost)" in line
        assert "utskrivna nyckel" in line
        settings.SITE_URL = "https://upphandling.exempel.se"
        _, [_, line] = self._found(capsys)
        assert line.startswith("Nycklar att logga in med som hör till ett annat värdnamn än upphandling.exempel.se: 1.")
        add_sign_in_key(holder, "upphandling.exempel.se")
        assert self._found(capsys)[1][1] == line

    def test_whether_officials_sign_in_with_two_steps_is_told_outside_the_example(self, capsys, settings):
        said = {}
        for case in ((False, False), (False, True), (True, False)):
            settings.DEMO, settings.SECOND_STEP_FOR_OFFICIALS = case
            check.run(None)
            told = capsys.readouterr().out
            said[case] = ("Inget andra steg begärs" in told, "loggar in i två steg" in told)
        assert said == {(False, False): (True, False), (False, True): (False, True), (True, False): (False, False)}

    def test_a_log_without_its_protection_is_found(self, capsys):
        with connection.cursor() as cursor:
            on = " ON records_ledgerentry" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER records_ledgerentry_no_delete{on}")
        code, [line] = self._found(capsys)
        assert code == 1
        assert line.startswith("Händelseloggen saknar sitt skydd: records_ledgerentry_no_delete. Kör: ")

    @pytest.mark.parametrize(("off", "code"), [(50, 0), (-50, 0), (51, 1), (-51, 1)])
    def test_a_stamp_that_was_off_when_it_was_tried_is_found(self, capsys, off, code):
        note_stamp_trial(source="kernel-last-byte", off_ms=1000, at=AT - timedelta(days=1))
        note_stamp_trial(source="kernel-last-byte", off_ms=off, at=AT)
        found = self._found(capsys)
        assert found[0] == code
        assert [line[:40] for line in found[1]] == ["Servern stämplar anbud 51 millisekunder "] * code

    @pytest.mark.parametrize(
        ("source", "off", "told"),
        [
            ("", None, "Servern kunde inte prova "),
            ("application-clock-after-last-byte", 0, "Servern stämplar anbud med sin egen klocka"),
        ],
    )
    def test_a_stamp_that_could_not_be_tried_or_is_the_servers_own_clock_is_found(self, capsys, source, off, told):
        note_stamp_trial(source=source, off_ms=off, at=AT)
        code, [line] = self._found(capsys)
        assert (code, line[: len(told)]) == (1, told)

    def test_a_scanner_is_relied_on_when_it_finds_what_it_is_tried_with(self, capsys, settings, tmp_path):
        assert self._found(capsys) == (0, [])  # none is set: the settings' own checks say so, of what is no example
        settings.SCANNER = str(tmp_path / "none")
        code, [line] = self._found(capsys)
        assert (code, line.startswith("Ingen virusgenomsökare svarar på ")) == (1, True)
        with listening(tmp_path, Says()) as settings.SCANNER:
            assert check.run(None) == 0
        assert "Filer som andra skickar genomsöks av ClamAV 1.4.3 1/Mon." in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("says", "told"),
        [
            (dict.fromkeys(("trade", "deep"), b"stream: OK"), "hittar inte provfilen"),
            ({"deep": b"stream: OK"}, "AlertExceedsMax yes"),
        ],
    )
    def test_a_scanner_that_would_call_anything_clean_is_found(self, capsys, settings, tmp_path, says, told):
        scanner = Says()
        vars(scanner).update(says)
        with listening(tmp_path, scanner) as settings.SCANNER:
            code, [line] = self._found(capsys)
        assert (code, told in line) == (1, True)

    def test_files_that_no_worker_scans_are_found_without_their_number(self, capsys, settings, tmp_path, monkeypatch):
        store_bytes(b"x", by=None, at=AT)
        store_bytes(b"y", by=None, at=AT)
        with listening(tmp_path, Says()) as settings.SCANNER:
            monkeypatch.setattr(clock, "now", lambda: AT + WAITS_FOR - timedelta(seconds=1))
            assert self._found(capsys) == (0, [])
            monkeypatch.setattr(clock, "now", lambda: AT + WAITS_FOR)
            late = "Filer har väntat mer än tio minuter på att genomsökas efter virus. Starta: rodatraden work"
            assert self._found(capsys) == (1, [late])

    def test_mail_that_has_failed_is_found(self, capsys):
        write_mail(to="anna@exempel.se", subject="x", text="x", by=None, at=AT)
        assert self._found(capsys) == (0, [])
        OutboxMail.objects.update(last_error="Connection refused")
        assert self._found(capsys) == (1, ["Meddelanden att skicka: 1, varav 1 har misslyckats."])

    def test_a_long_stress_test_that_no_worker_takes_is_found(self, capsys, monkeypatch):
        case, tender = make_drafted()
        run = ask(tender, case.officer, at=AT)
        at = AT + timedelta(seconds=29)
        monkeypatch.setattr(clock, "now", lambda: at)
        assert self._found(capsys) == (0, [])  # a worker looks each second, but may be at another
        at = AT + timedelta(seconds=31)
        forgotten = (1, ["Långa arbeten som är beställda och som ingen gör: 1. Starta: rodatraden work"])
        assert self._found(capsys) == forgotten
        StressRun.objects.filter(pk=run.pk).update(taken_at=AT, beat_at=at)
        assert self._found(capsys) == (0, [])
        at = AT + timedelta(minutes=2)  # taken, and then the worker went silent
        assert self._found(capsys) == forgotten
        StressRun.objects.filter(pk=run.pk).update(ended_at=at, ending=StressRun.Ending.LOST)
        assert self._found(capsys) == (0, [])


@pytest.mark.django_db
def test_what_lies_in_the_outbox_is_sent(capsys):
    write_mail(to="anna@exempel.se", subject="Ny fråga", text="x", by=None, at=AT)
    assert send_mail.run(None) == 0
    assert capsys.readouterr().out == "Skickade: 1. Kvar: 0.\n"
    assert [message.subject for message in mail.outbox] == ["Ny fråga"]


# The words of a start with the example


@pytest.mark.django_db
def test_the_welcome_names_one_person_for_each_role_of_the_example(monkeypatch):
    monkeypatch.setenv("RODATRADEN_DEMO", "1")
    supplier, association = make_supplier(name="A-bolaget"), make_buyer(name="Förbundet")
    make_person("Hanna", organisation=supplier, role=Membership.Role.ADMINISTRATOR, title="VD")
    bidder = make_person("Karin", organisation=supplier, role=Membership.Role.BIDDER, title="VD")
    grant_membership(person=bidder, organisation=supplier, role=Membership.Role.ADMINISTRATOR, by=None, at=AT)
    make_person("Ingrid", organisation=association, role=Membership.Role.ADMINISTRATOR, title="Ekonom")
    make_person("Sara", organisation=association, role=Membership.Role.NEED_OWNER, title="Processledare")
    make_person("Tage", organisation=association, role=Membership.Role.NEED_OWNER, title="Enhetschef")
    assert start.welcome(8642).splitlines() == [
        "Röda tråden är igång: http://localhost:8642",
        "",
        "Exemplet är påhittat. Välj överst på sidan vem du vill vara, till exempel:",
        "",
        "  Ingrid, Ekonom, Förbundet",
        "  Sara, Processledare, Förbundet",
        "  Karin, VD, A-bolaget",
        "",
        "Avsluta med Ctrl+C.",
    ]


@pytest.mark.django_db
def test_the_welcome_of_ones_own_data_names_nobody(monkeypatch):
    monkeypatch.setenv("RODATRADEN_DEMO", "0")
    make_person("Ingrid", organisation=make_buyer(), role=Membership.Role.ADMINISTRATOR, title="Ekonom")
    assert start.welcome(8642).splitlines() == [
        "Röda tråden är igång: http://localhost:8642",
        "",
        "Logga in med den e-postadress och det lösenord som du valde.",
        (
            "Inbjudningar och andra meddelanden väntar tills det här körs, med en e-postserver: "
            ".venv/bin/rodatraden send-mail"
        ),
        "",
        "Avsluta med Ctrl+C.",
    ]


def test_connections_begin_with_room_for_what_hands_in_a_bid_and_grow_from_there():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        before = listening.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        start.make_room(listening)
        most = int(Path("/proc/sys/net/core/rmem_max").read_text(encoding="ascii"))
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as line:
            room = line.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            held = line.getsockopt(socket.SOL_SOCKET, start.SO_BUF_LOCK)
    assert room == 2 * min(start.ROOM, most) > before  # the kernel counts its own part too
    assert not held
    assert start.ROOM > 2 * 160_000
