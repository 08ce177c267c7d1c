"""More ask than can be answered: what brings a bid in goes first, and a page that won't get its turn is told so at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Semaphore

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import get_resolver, reverse_lazy

from rodatraden.config import clock, turns
from rodatraden.config.turns import COME_BACK, PATIENCE, Turns
from rodatraden.ui.storing import Storing

FOR_EVER = 600.0
WORKSPACE = {"bids:workspace", "bids:held", "bids:part", "bids:hand_in", "publication:bid_form"}
WAY_IN = {"bids:start"}
BIDS = {
    "records:stamp",
    "bids:sealed",
    "bids:holders",
    "bids:receipt",
    "bids:receipt_json",
    "bids:receipt_pdf",
    "bids:withdraw",
    "bids:confirm",
}


def test_no_more_run_at_once_than_have_turns_and_all_get_theirs():
    place, running, most = Turns(at_once=2, waiting=8, patience=FOR_EVER), [], []
    both = Barrier(2)

    def page(number: int) -> bool:
        with place.turn(0) as is_mine:
            running.append(number)
            both.wait()  # there are always two: neither leaves before the other has come
            most.append(len(running))
            both.wait()
            running.remove(number)
        return is_mine

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(page, range(8))) == [True] * 8
    assert max(most) == 2


def test_who_finds_the_queue_full_is_told_at_once():
    place, let_go, begun = Turns(at_once=1, waiting=0, patience=FOR_EVER), Event(), Event()

    def page() -> bool:
        with place.turn(0) as is_mine:
            begun.set()
            let_go.wait()
        return is_mine

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(page)
        begun.wait()
        with place.turn(0) as is_mine:
            assert not is_mine
        let_go.set()
        assert first.result()
    with place.turn(0) as is_mine:
        assert is_mine, "the turn that ended is free again"


def test_while_a_bid_is_stored_one_page_is_answered_at_a_time_and_more_again_afterwards():
    bids = Storing()
    place = Turns(at_once=3, waiting=8, patience=FOR_EVER, before=bids)
    running, most = [], []
    entered = Semaphore(0)
    leave = [Event() for _ in range(4)]

    def page(number: int) -> None:
        with place.turn(0) as is_mine:
            assert is_mine
            running.append(number)
            most.append(len(running))
            entered.release()
            leave[number].wait()
            running.remove(number)

    with ThreadPoolExecutor(4) as pool:
        with bids.place():
            told = [pool.submit(page, number) for number in range(4)]
            entered.acquire()
            leave[running[0]].set()
            entered.acquire()
            assert most == [1, 1]
        leave[running[0]].set()
        entered.acquire()
        entered.acquire()
        assert most[-1] >= 2, "two are there together: neither has been let go"
        for each in leave:
            each.set()
        for each in told:
            each.result()


def test_a_turn_whose_page_failed_is_free_again():
    place = Turns(at_once=1, waiting=0, patience=FOR_EVER)
    with pytest.raises(ValueError, match="fault"), place.turn(0):
        raise ValueError("fault")
    with place.turn(0) as is_mine:
        assert is_mine


def test_who_has_waited_too_long_already_gets_no_turn():
    with Turns().turn(PATIENCE) as is_mine:
        assert not is_mine


@pytest.fixture
def asked_late(rf, settings):
    """Make a request that the proxy had whole well before anybody looks at it."""
    settings.ARRIVAL = "proxy"

    def ask(address: str, **more: object):
        long_ago = clock.now().timestamp() - PATIENCE - 1
        return rf.generic(
            more.pop("method", "GET"), address, headers={"X-Arrived": f"{long_ago:.3f}"}, REMOTE_ADDR="", **more
        )

    return ask


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_that_waited_too_long_is_503_with_a_time_to_come_back_and_its_body_is_not_read(asked_late, method):
    request = asked_late("/", method=method, data=b"x=1", content_type="application/x-www-form-urlencoded")
    answer = turns.turns(lambda _: pytest.fail("answered"))(request)
    assert answer.status_code == 503
    assert COME_BACK[0] <= int(answer["Retry-After"]) <= COME_BACK[1]
    assert f"om {answer['Retry-After']} sekunder" in answer.content.decode()
    assert request.read() == b"x=1", "nothing of it had been read"
    assert answer.get("Connection") == ("close" if method == "POST" else None)


SEALED = reverse_lazy("bids:sealed", args=["7d6fd4a5-8d1c-4d3c-9a2e-0a4b7e2d1c55"])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_what_brings_a_bid_in_is_answered_however_long_it_waited(asked_late, method):
    request = asked_late(str(SEALED), method=method)
    assert turns.turns(lambda _: HttpResponse("taken"))(request).content == b"taken"


def test_pages_that_go_first_leave_threads_to_what_brings_a_bid_in(rf, monkeypatch):
    """Anybody may fetch the list of holders, a thousand times a second."""
    monkeypatch.setattr(turns, "LOOKING_WAITING", 0)
    let_go, begun = Event(), Barrier(turns.LOOKING_AT_ONCE + 1)

    def look(request):
        if "held" in request.GET:
            begun.wait()
            let_go.wait()
        return HttpResponse("taken")

    ask = turns.turns(look)
    with ThreadPoolExecutor(turns.LOOKING_AT_ONCE) as pool:
        held = [pool.submit(ask, rf.get(SEALED, {"held": 1})) for _ in range(turns.LOOKING_AT_ONCE)]
        begun.wait()
        others = [rf.get(SEALED), rf.put(SEALED), rf.post(SEALED), rf.get("/")]
        answers = [ask(each).status_code for each in others]
        let_go.set()
    assert answers == [503, 200, 200, 200]
    assert {each.result().status_code for each in held} == {200}


@pytest.mark.django_db
def test_large_files_leave_threads_to_others_until_their_readers_have_them(rf):
    """The view has returned when a file begins to leave; who reads slowly, or nothing, holds a thread all the same."""

    def file(request):
        response = StreamingHttpResponse(iter((b"x",)))
        response["Content-Length"] = request.GET["size"]
        return response

    ask = turns.turns(file)
    small = [ask(rf.get("/", {"size": turns.LARGE - 1})) for _ in range(2 * turns.DOWNLOADS)]
    large = [ask(rf.get("/", {"size": turns.LARGE})) for _ in range(turns.DOWNLOADS + 1)]
    assert {each.status_code for each in small} == {200}
    assert [each.status_code for each in large] == [200] * turns.DOWNLOADS + [503]
    for _ in range(2):  # a second time gives nothing back
        large[0].close()
    assert [ask(rf.get("/", {"size": turns.LARGE})).status_code for _ in range(2)] == [200, 503]


def test_only_what_brings_a_bid_in_goes_first():
    first = {
        f"{room.namespace}:{each.name}"
        for room in get_resolver().url_patterns
        for each in getattr(room, "url_patterns", [])
        if getattr(each.callback, "goes_first", False)
    }
    assert first == BIDS | WORKSPACE | WAY_IN


def test_a_page_in_time_is_answered_as_always(client, db):
    assert client.get("/").status_code == 200
