"""Tell all stories of the example at the same time, in the order of their instants."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.demo import asking, bidding, contracting, judging, keys, seeds, texts
from rodatraden.demo.cast import register
from rodatraden.demo.days import after, at, before

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from datetime import date, datetime

    from rodatraden.demo.case import Case, Story
    from rodatraden.demo.cast import Cast


BEGINS = 240
"""Working days before the day that the example is loaded for: the first instant in it."""


def load(as_of: date) -> None:
    """Load the example, as it stands when the day `as_of` begins: nothing in it has happened on that day or later.

    Raises:
        RefusedError: a rule does not allow what the example does; then the example is wrong.
    """
    with transaction.atomic():
        cast = register(at(before(as_of, BEGINS), "08:00"))
        tell(together(stories(cast, as_of)))


def tell(story: Story) -> None:
    """Let a story act at each instant that it has yielded, one after the other."""
    then = next(story)
    while True:
        try:
            then = story.send(then)
        except StopIteration:
            return


def together(told: Iterable[Story]) -> Story:
    """Make one story of several: whoever acts next is heard next; ties in the order of the stories.

    Raises:
        ValueError: a story goes back in time.
    """
    queue: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(told):
        heappush(queue, (next(story), number, story))
    while queue:
        then, number, story = heappop(queue)
        now = yield then
        try:
            following = story.send(now)
        except StopIteration:
            continue
        if following < now:
            msg = f"Story {number} goes back from {now} to {following}"
            raise ValueError(msg)
        heappush(queue, (following, number, story))


def stories(cast: Cast, as_of: date) -> Iterator[Story]:
    """Yield the procurement at its seven stages, and what the other seeds ask for."""
    yield keys.are_held(cast, as_of, BEGINS)
    yield drafted(cast, as_of)
    yield open_for_bids(cast, as_of)
    yield being_judged(cast, as_of)
    yield in_standstill(cast, as_of)
    yield under_contract(cast, as_of)
    yield as_the_seed_is_written(cast, as_of)
    yield cancelled(cast, as_of)
    yield from seeds.stories(cast, as_of)


def drafted(cast: Cast, as_of: date) -> Story:
    """A draft: two threads are broken, and the documents can't be published yet."""
    case = yield from asking.starts(cast, _title(1, "utkast"), before(as_of, 5))
    yield from asking.leaves_loose_ends(case, before(as_of, 1))


def open_for_bids(cast: Cast, as_of: date) -> Story:
    """Announced, and clarified once: two bids lie in the box, a question waits, and an observer waits for the opening."""
    published_on = before(as_of, 12)
    case = yield from asking.starts(cast, _title(2, "öppen för anbud"), before(published_on, 15))
    yield from asking.is_published(case, published_on, after(as_of, 17))
    yield from together(
        [
            asking.questions_are_answered(case, published_on, one_waits=True),
            asking.documents_are_clarified(case, after(published_on, 6)),
            bidding.is_observed(case, after(published_on, 7)),
        ]
    )
    day = before(as_of, 1)
    yield from bidding.bids_come_in(case, [("eketorp", at(day, "15:20")), ("lyckastrand", at(day, "20:47"))])


def being_judged(cast: Cast, as_of: date) -> Story:
    """Opened while somebody observed it: the musts are checked, one evaluator has handed in, one has begun, one has not."""
    deadline_on = before(as_of, 7)
    case = yield from _opened(cast, _title(3, "anbuden bedöms"), deadline_on, is_watched=True)
    yield from judging.are_checked(case, after(deadline_on, 2))
    yield from judging.scores(case, "fatima", before(as_of, 2))
    yield from judging.scores(case, "per", before(as_of, 1), hands_in=False)


def in_standstill(cast: Cast, as_of: date) -> Story:
    """Decided and notified: the standstill runs."""
    decided_on = before(as_of, 2)
    case = yield from _opened(cast, _title(4, "avtalsspärr"), before(decided_on, 20))
    yield from _decided(case, before(decided_on, 20), decided_on)


def under_contract(cast: Cast, as_of: date) -> Story:
    """Signed some months ago: what was due has been followed up, but for one requirement."""
    signed_on = before(as_of, 75)
    decided_on = before(signed_on, 14)
    deadline_on = before(decided_on, 20)
    case = yield from _opened(cast, _title(5, "avtal och uppföljning"), deadline_on)
    yield from _decided(case, deadline_on, decided_on)
    yield from contracting.is_contracted(case, signed_on)
    yield from together(
        [
            contracting.is_announced_as_signed(case, signed_on),
            contracting.is_called_off(case, signed_on),
            contracting.is_followed_up(case, as_of),
        ]
    )


def as_the_seed_is_written(cast: Cast, as_of: date) -> Story:
    """The assignment description word for word: it can't be published, and its page lists why."""
    yield from asking.starts(
        cast, _title(6, "så som underlaget är skrivet"), before(as_of, 6), template_name="seed_000_as_written"
    )


def cancelled(cast: Cast, as_of: date) -> Story:
    """Cancelled while it was open: one bid stays sealed, and the notice of cancellation waits to be handed over."""
    published_on = before(as_of, 18)
    case = yield from asking.starts(cast, _title(7, "avbruten"), before(published_on, 15))
    yield from asking.is_published(case, published_on, after(as_of, 11))
    yield from bidding.bids_come_in(case, [("nordvala", at(before(as_of, 5), "16:05"))])
    yield from judging.is_cancelled(case, before(as_of, 3))


def _opened(
    cast: Cast, title: str, deadline_on: date, *, is_watched: bool = False
) -> Generator[datetime, datetime, Case]:
    published_on = before(deadline_on, 29)
    case = yield from asking.starts(cast, title, before(published_on, 17))
    yield from asking.is_published(case, published_on, deadline_on)
    yield from asking.questions_are_answered(case, published_on)
    day = before(deadline_on, 1)
    arrivals = [
        ("eketorp", at(before(deadline_on, 3), "15:20")),
        ("lyckastrand", at(day, "21:47")),
        ("mellanrum", at(deadline_on, "10:02")),
        ("nordvala", at(deadline_on, "11:31")),
    ]
    if is_watched:
        yield from bidding.is_observed(case, before(deadline_on, 4))
    yield from bidding.bids_come_in(case, arrivals)
    yield from bidding.are_opened(case, deadline_on, is_watched=is_watched)
    return case


def _decided(case: Case, deadline_on: date, decided_on: date) -> Story:
    yield from judging.are_checked(case, after(deadline_on, 2))
    for number, who in enumerate(("fatima", "per", "lena")):
        yield from judging.scores(case, who, after(deadline_on, 5 + 2 * number))
    yield from judging.agree(case, before(decided_on, 4))
    yield from judging.is_proved(case, *(before(decided_on, n) for n in (3, 2, 1)))
    yield from judging.is_decided(case, decided_on)


def _title(number: int, stage: str) -> str:
    return f"{texts.TITLE} (exempel {number}: {stage})"
