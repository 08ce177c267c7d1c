"""Every address declares who may come to it, and every refusal leads to one."""

from __future__ import annotations

import ast
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.core.checks import Error
from django.http import HttpResponse
from django.urls import get_resolver, include, path

from rodatraden.config.checks import addresses, every_address_has_a_policy, policy_faults
from rodatraden.ui.policy import public, signed_in
from tests.house.tree import Module, assert_none, modules, planted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    import pytest
    from django.http import HttpRequest


def view() -> Callable[[HttpRequest], HttpResponse]:
    """Return a new view each time, since a policy is written on the view itself."""
    return lambda _: HttpResponse()


def test_every_address_has_a_policy() -> None:
    assert every_address_has_a_policy() == []


def test_a_planted_address_without_policy_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = [path("open/", public(view())), path("shut/", signed_in(view())), path("bare/", view(), name="bare")]
    patterns = [path("bids/", include((inner, "bids"))), path("login/", view(), name="login")]
    said = policy_faults(patterns)
    assert [line.split()[0] for line in said] == ["/bids/bare/", "/login/"]

    monkeypatch.setattr("rodatraden.config.checks.get_resolver", lambda: SimpleNamespace(url_patterns=patterns))
    found = every_address_has_a_policy()
    assert {(type(error), error.id) for error in found} == {(Error, "rodatraden.E001")}
    assert len(found) == len(said)


def places_to_mend(module: Module) -> list[tuple[str, str]]:
    """Return the addresses that refusals of a module send people to, `room:name`, each with its place in the code.

    A bare word is a field of the page's form, `#…` an anchor on the page.
    """
    return [
        (module.at(node.value), node.value.value)
        for node in module.nodes
        if isinstance(node, ast.keyword) and node.arg == "mend"
        if isinstance(node.value, ast.Constant) and re.fullmatch(r"\w+:\w+", str(node.value.value))
    ]


def dead_ends(all_modules: Iterable[Module], names: Collection[str]) -> list[str]:
    """List the refusals that send people to an address that does not exist."""
    return [
        f"{place}: {name} is no address; a refusal that can't be mended is a dead end"
        for module in all_modules
        for place, name in places_to_mend(module)
        if name not in names
    ]


def test_every_refusal_leads_to_a_page_that_exists() -> None:
    names = {name for _, name, _ in addresses(get_resolver().url_patterns)}
    assert_none(dead_ends(modules(), names))


def test_a_planted_dead_end_is_caught() -> None:
    code = "no(say('x'), mend='bids:gone')\nno(say('x'), mend='bids:list')\nno(say('x'), mend='price')\nno(say('x'), mend='#a:b')"
    assert [line.split()[1] for line in dead_ends([planted("bids/rules.py", code)], {"bids:list"})] == ["bids:gone"]
