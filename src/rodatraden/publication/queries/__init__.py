"""What the public reads: who buys, what is open, what was published, and how it was decided."""

from rodatraden.publication.queries.example import Example, worked_example
from rodatraden.publication.queries.listing import (
    Coming,
    Stage,
    announced_of,
    as_coming,
    buyers,
    coming_of,
    stage_of,
)
from rodatraden.publication.queries.results import BidLine, PublicResult, result_of

__all__ = [
    "BidLine",
    "Coming",
    "Example",
    "PublicResult",
    "Stage",
    "announced_of",
    "as_coming",
    "buyers",
    "coming_of",
    "result_of",
    "stage_of",
    "worked_example",
]
