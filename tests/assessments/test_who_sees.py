"""Who sees what of a round, on every page of it and in every state: role x object x state (INV-14, INV-15).

An observer sees that the round goes on and who remains, nothing else; an assessor never sees what another thinks too early.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import URLPattern, reverse

from rodatraden.assessments.actions import (
    add_observer,
    ask_for_bundle,
    freeze_feedback,
    lock_consensus,
    put_up_training,
    remove_observer,
    report_price,
    say_read,
    write_feedback,
)
from rodatraden.assessments.models import Calibration, PanelMember, PriceSighting
from rodatraden.assessments.queries import observers_to_be, open_tasks, visible_to
from rodatraden.assessments.rules import may_follow, may_read_report, may_see, may_see_sighting
from rodatraden.assessments.tasks import bundle_next
from rodatraden.assessments.urls import urlpatterns
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.actions import remove_member
from rodatraden.procurements.models import TeamMember
from tests.factories.assessments import (
    LEVEL,
    Panel,
    agree,
    agree_all,
    calibrate,
    hand_in,
    make_round,
    put_up,
    score_all,
)
from tests.factories.parties import START, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=1)
TRAINING, SUMMARY = "Skalan betyder så här", "Lätt att följa."
STATES = ("reading", "example", "example judged", "judging", "agreeing", "locked", "reported")
ROLES = ("leader", "assessor", "other assessor", "observer", "need owner", "stranger")
SECRETS = {
    "item": "Anbud 1",
    "criterion": "Kriterium 1",
    "training": TRAINING,
    "own": "Skäl av Evaluator 1",
    "other": "Skäl av Evaluator 2",
    "level": LEVEL,
    "consensus": "Alla tre led besvaras.",
    "report": SUMMARY,
}
"""What a page may tell, by a word that stands nowhere else."""


@pytest.fixture
def case():
    return make_case()


def round_in(case, state) -> Panel:
    """Return a round with an observer that has come as far as `state`, in which the first assessor is always ahead."""
    panel = make_round(case=case, with_example=True)
    observer = case.contract_manager
    add_observer(assessed=panel.round, person=observer, by=panel.leader, at=START)
    put_up_training(assessed=panel.round, title="Skala", text=TRAINING, by=panel.leader, at=START)
    first, second = panel.assessors
    how_far = STATES.index(state)
    if how_far == 0:
        return panel
    for person in panel.assessors:
        shown = [each.pk for each in panel.round.readings.all()]
        say_read(assessed=panel.round, shown=shown, by=person, at=START)
    if how_far == 1:
        example = put_up(panel)
        hand_in(example, first)
        score_all(example, second)
        return panel
    calibrate(panel)
    if how_far == 2:  # the leader has not opened the real ones yet
        Calibration.objects.update(opened_at=None, level="")
        return panel
    hand_in(panel, first, 9)
    score_all(panel, second, 3)
    report_price(item=panel.round.items.all()[0], where="Metoden, sidan 3", material=None, by=first, at=START)
    if how_far == 3:
        return panel
    hand_in(panel, second, 3)
    agree(panel)
    if how_far == 4:
        return panel
    agree_all(panel)
    lock_consensus(assessed=panel.round, by=panel.leader, at=LATER)
    summaries = dict.fromkeys(panel.round.items.all(), SUMMARY)
    write_feedback(
        assessed=panel.round, summaries=summaries, shows_points=True, use="Inget.", by=panel.leader, at=LATER
    )
    if how_far == 6:
        freeze_feedback(assessed=panel.round, by=panel.leader, at=LATER)
        ask_for_bundle(assessed=panel.round, by=panel.leader, at=LATER)
        bundle_next(now=lambda: LATER, is_ending=lambda: False)
    return panel


def person_as(role, panel, case):
    return {
        "leader": panel.leader,
        "assessor": panel.assessors[0],
        "other assessor": panel.assessors[1],
        "observer": case.contract_manager,
        "need owner": case.need_owner,
        "stranger": make_person(),
    }[role]


def pages_of(panel) -> dict[str, str]:
    """Return every address of the room that names something of the round, each with what there is to name."""
    assessed = panel.round
    rounds = [assessed]
    if assessed.calibration.example is not None:
        rounds.append(Panel(assessed.calibration.example_id, panel.leader, panel.assessors).round)
    found = {}
    for each in rounds:
        item, criterion = each.items.all()[0], each.model.asked[0]
        reports = [report for one in each.items.all() for report in one.reports.all()]
        things = {
            "round_id": [each.pk],
            "item_id": [item.pk],
            "criterion_id": [criterion.pk],
            "member_id": [member.pk for member in each.panel.all()],
            "reading_id": [reading.pk for reading in each.readings.all()],
            "bundle_id": [bundle.pk for bundle in each.bundles.all()],
            "report_id": [report.pk for report in reports],
            "sighting_id": list(PriceSighting.objects.filter(item__round=each).values_list("pk", flat=True)),
        }
        for pattern in urlpatterns:
            assert isinstance(pattern, URLPattern)
            names = list(pattern.pattern.converters)
            if not names or not set(names) <= set(things):
                continue
            keys = [things[name] for name in names]
            if all(keys):
                values = {name: values[-1] for name, values in zip(names, keys, strict=True)}
                found[f"{pattern.name} {'example' if each != assessed else ''}".strip()] = reverse(
                    f"assessments:{pattern.name}", kwargs=values
                )
    return found


def told(client, pages, person) -> dict[str, set[str]]:
    """Return which secrets each of the pages tells the person; those that tell nothing are left out."""
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    found: dict[str, set[str]] = {}
    for name, address in pages.items():
        answer = client.get(address)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8", "replace")
        secrets = {secret for secret, words in SECRETS.items() if words in text}
        if secrets:
            found[name] = secrets
    return found


@pytest.mark.one_engine
class TestTable:
    """What each role is told on all pages together, state by state."""

    TABLE = {
        "reading": {
            "leader": {"item", "criterion", "training"},
            "assessor": {"item", "criterion", "training"},
            "other assessor": {"item", "criterion", "training"},
        },
        "example": {
            "leader": {"item", "criterion", "training"},
            "assessor": {"item", "criterion", "training", "own"},
            "other assessor": {"item", "criterion", "training", "other"},
        },
        "judging": {
            "leader": {"item", "criterion", "training", "own", "other", "level"},
            "assessor": {"item", "criterion", "training", "own", "other", "level"},
            "other assessor": {"item", "criterion", "training", "own", "other", "level"},
        },
        "agreeing": {
            role: {"item", "criterion", "training", "own", "other", "level", "consensus"}
            for role in ("leader", "assessor", "other assessor")
        },
        "reported": {role: set(SECRETS) for role in ("leader", "assessor", "other assessor")},
    }

    @pytest.mark.parametrize("state", TABLE)
    def test_inv_14_each_role_is_told_what_is_its_own_and_an_observer_nothing(self, client, case, state):
        panel = round_in(case, state)
        addresses = pages_of(panel)
        pages = {role: told(client, addresses, person_as(role, panel, case)) for role in ROLES}
        found = {role: set().union(*of_role.values()) for role, of_role in pages.items()}
        assert found == {role: self.TABLE[state].get(role, set()) for role in ROLES}
        if state == "judging":  # what was thought of the example is open; nothing of what is judged for real
            assert {role: thoughts_on_the_real_ones(of_role) for role, of_role in pages.items()} == {
                "leader": {},
                "assessor": {"score": {"own"}},
                "other assessor": {name: {"other"} for name in ("score", "submit", "question")},
                "observer": {},
                "need owner": {},
                "stranger": {},
            }
        assert observers_other_answers(client, addresses, case) <= {403, 404}


def thoughts_on_the_real_ones(pages) -> dict[str, set[str]]:
    """Return which pages tell what an assessor thinks, but for those of the example."""
    return {
        name: secrets & {"own", "other"}
        for name, secrets in pages.items()
        if secrets & {"own", "other"} and name != "calibration" and not name.endswith("example")
    }


def observers_other_answers(client, pages, case) -> set[int]:
    """Return how all pages but the round's own answer an observer."""
    client.force_login(case.contract_manager, backend="django.contrib.auth.backends.ModelBackend")
    return {
        getattr(client, method)(address).status_code
        for name, address in pages.items()
        for method in ("get", "post")
        if name != "round"
    }


class TestObserver:
    @pytest.mark.parametrize(
        ("state", "words", "waiting"),
        [
            ("reading", "Alla bedömer ett exempel först", ["Evaluator 1", "Evaluator 2"]),
            ("example", "Alla bedömer ett exempel först", ["Evaluator 2"]),
            ("judging", "Var och en bedömer själv", ["Evaluator 2"]),
            ("agreeing", "Gruppen enas om poängen", []),
            ("locked", "Konsensus är låst", []),
        ],
    )
    def test_sees_the_title_the_state_and_who_remains(self, client, case, state, words, waiting):
        panel = round_in(case, state)
        client.force_login(case.contract_manager, backend="django.contrib.auth.backends.ModelBackend")
        text = client.get(reverse("assessments:round", args=[panel.id])).text
        assert (panel.round.title in text, words in text) == (True, True)
        assert [name for name in ("Evaluator 1", "Evaluator 2") if name in text] == waiting

    def test_no_rule_query_or_task_tells_more(self, case):
        panel = round_in(case, "reported")
        observer = case.contract_manager
        assert may_follow(observer, panel.round)
        assert not may_see(observer, panel.round)
        assert not visible_to(observer).exists()
        assert open_tasks(observer, START, [case.procurement]) == []
        sighting = PriceSighting.objects.get()
        assert not may_see_sighting(observer, sighting)
        for item in panel.round.items.all():
            report = item.reports.get()
            report.item.round = panel.round
            assert not may_read_report(observer, report, LATER)

    def test_only_the_leader_lets_somebody_follow_and_only_with_access(self, case):
        panel = make_round(case=case)
        stranger, mine = make_person(), case.need_owner
        for person, by in ((mine, panel.assessors[0]), (stranger, panel.leader), (panel.assessors[0], panel.leader)):
            with pytest.raises(RefusedError):
                add_observer(assessed=panel.round, person=person, by=by, at=START)
        offered = {each.person for each in observers_to_be(panel.round, START) if each.answer}
        assert (mine in offered, stranger in offered, panel.assessors[0] in offered) == (True, False, False)
        member = add_observer(assessed=panel.round, person=mine, by=panel.leader, at=START)
        with pytest.raises(RefusedError):
            add_observer(assessed=panel.round, person=mine, by=panel.leader, at=START)
        with pytest.raises(RefusedError):
            remove_observer(member=member, by=panel.assessors[0], at=START)
        assert may_follow(mine, panel.round)
        remove_observer(member=member, by=panel.leader, at=LATER)
        assert not may_follow(mine, panel.round)
        assert PanelMember.objects.get(pk=member.pk).removed_at == LATER
        with pytest.raises(RefusedError):
            remove_observer(member=member, by=panel.leader, at=LATER)

    def test_inv_15_who_leaves_the_team_follows_no_more(self, case):
        panel = make_round(case=case)
        observer = case.contract_manager
        add_observer(assessed=panel.round, person=observer, by=panel.leader, at=START)
        member = TeamMember.objects.get(procurement=case.procurement, person=observer)
        remove_member(member=member, by=case.officer, at=LATER)
        assert not may_follow(observer, panel.round)

    def test_let_in_and_out_on_pages_of_their_own(self, client, case):
        panel = make_round(case=case)
        client.force_login(panel.leader, backend="django.contrib.auth.backends.ModelBackend")
        add = reverse("assessments:add_observer", args=[panel.id])
        assert add in client.get(reverse("assessments:round", args=[panel.id])).text
        sent = {"person": str(case.need_owner.pk), "idempotency_key": "a"}
        assert client.post(add, sent)["Location"] == reverse("assessments:round", args=[panel.id])
        member = PanelMember.objects.get(role=PanelMember.Role.OBSERVER)
        end = reverse("assessments:remove_observer", args=[panel.id, member.pk])
        assert end in client.get(reverse("assessments:round", args=[panel.id])).text
        assert client.post(end, {"idempotency_key": "b"}).status_code == 302
        member.refresh_from_db()
        assert member.removed_at is not None
