"""Reads over several rooms: who I am, my tasks, the frame and the thread of a procurement, lists, search, the log."""

from rodatraden.pages.queries.casepages import PHASE_NAMES, pages_of
from rodatraden.pages.queries.demo import Jump, fictional_people, holds_key, jumps, latest_mail
from rodatraden.pages.queries.facts import Later, later
from rodatraden.pages.queries.frame import case_frame_of, later_in, memberships_in, menu, pages_in, who
from rodatraden.pages.queries.listing import Listed, lines, lines_of, listed
from rodatraden.pages.queries.log import LogLine, case_events, log_lines
from rodatraden.pages.queries.overview import Entry, brief, dates, status
from rodatraden.pages.queries.reading import Read, may_see_readings, readings_of, told_of
from rodatraden.pages.queries.searching import Hits, find
from rodatraden.pages.queries.tasks import TaskGroup, grouped, tasks_in, tasks_of
from rodatraden.pages.queries.thread import mend_addresses, thread_of

__all__ = [
    "PHASE_NAMES",
    "Entry",
    "Hits",
    "Jump",
    "Later",
    "Listed",
    "LogLine",
    "Read",
    "TaskGroup",
    "brief",
    "case_events",
    "case_frame_of",
    "dates",
    "fictional_people",
    "find",
    "grouped",
    "holds_key",
    "jumps",
    "later",
    "later_in",
    "latest_mail",
    "lines",
    "lines_of",
    "listed",
    "log_lines",
    "may_see_readings",
    "memberships_in",
    "mend_addresses",
    "menu",
    "pages_in",
    "pages_of",
    "readings_of",
    "status",
    "tasks_in",
    "tasks_of",
    "thread_of",
    "told_of",
    "who",
]
