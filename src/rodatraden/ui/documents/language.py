"""In which language a document is made: that of its procurement, whatever the page is in that it is asked for on."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.utils.translation import override

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def written_in(language_of: Callable[..., str]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make what a function returns in the language that `language_of` finds in the same arguments.

    What is returned must be whole: a generator would be read when the language has gone back.
    """

    def made(build: Callable[P, R]) -> Callable[P, R]:
        @wraps(build)
        def in_its_language(*args: P.args, **kwargs: P.kwargs) -> R:
            with override(language_of(*args, **kwargs)):
                return build(*args, **kwargs)

        return in_its_language

    return made
