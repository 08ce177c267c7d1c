"""Every address declares who may come to it, and every refusal leads to one."""

from __future__ import annotations

import ast
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.core.checks import Error
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, include, path, re_path

from rodatraden.config.checks import addresses, every_address_has_a_policy, policy_faults
from rodatraden.ui.policy import public, signed_in
from tests.house.tree import Module, assert_none, modules, planted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

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


PLAIN = {
    "assessments:draft_arrange.what": "which kind of row is moved: part, criterion, item",
    "assessments:draft_arrange.step": "up or down",
    "assessments:model_export.format": "csv, json and the like",
    "assessments:model_template.name": "of a template that comes with the program",
    "assessments:template_export.format": "csv, json and the like",
    "assessments:template_export.name": "of a template that comes with the program",
    "bids:leave_out.holds": "bid or price",
    "bids:part.name": "of a part of a sealed bid, which is its number or a word",
    "bids:reachable.holds": "bid or price",
    "bids:sheet.holds": "bid or price",
    "bids:unlock.holds": "bid or price",
    "tenders:accept.code": "of a remark on the documents",
    "tenders:export.format": "csv, json and the like",
    "tenders:ready_made.made": "of a ready-made requirement that comes with the program",
}
"""What an address may hold beside numbers and UUIDs, and what it says. A secret stands in no address (docs/decisions/links.md)."""
NEVER_SECRET = {"UUIDConverter", "IntConverter"}


def texts_in(patterns: Iterable[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """Yield `room:name.part` for each part of an address that can hold any text; of a pattern by hand all of them."""
    for each in patterns:
        parts = {**each.pattern.converters, **dict.fromkeys(each.pattern.regex.groupindex, "")}
        for name, converter in parts.items():
            kind = type(each.pattern.converters.get(name, converter)).__name__
            if kind not in NEVER_SECRET:
                yield f"{namespace}{getattr(each, 'name', None) or each.pattern}.{name}"
        if isinstance(each, URLResolver):
            yield from texts_in(each.url_patterns, f"{each.namespace}:" if each.namespace else namespace)


def test_no_address_takes_a_secret() -> None:
    assert sorted(texts_in(get_resolver().url_patterns)) == sorted(PLAIN)


def test_a_planted_address_with_a_secret_is_caught() -> None:
    inner = [path("<str:token>/", view(), name="take"), path("<uuid:bid_id>/<int:number>/", view(), name="show")]
    patterns = [
        path("<slug:key>/", include((inner, "bids"))),
        re_path(r"^ny/(?P<uid>[0-9a-z]+)-(?P<key>.+)/$", view(), name="reset"),
        path("<path:secret>", view()),
    ]
    found = list(texts_in(patterns))
    assert found == ["<slug:key>/.key", "bids:take.token", "reset.uid", "reset.key", "<path:secret>.secret"]


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


MAY_STAY = {
    "needs:write": "an empty form; a need that has been written is shown elsewhere",
    "procurements:create": "an empty form and the names of one's own authorities, which are public",
    "tenders:ask": "an empty form and the title of what has been published",
}
"""What a browser may keep of what somebody sees when signed in, and why nothing on it is sensitive (docs/security.md)."""
CACHES = {"config/middleware.py"}


def test_what_a_browser_may_keep_is_listed_with_its_reason() -> None:
    found = {name for _, name, view in addresses(get_resolver().url_patterns) if getattr(view, "may_stay", False)}
    assert found == set(MAY_STAY)


def kept_pages(module: Module) -> list[str]:
    """List where a module lets a browser or a cache keep an answer: by a header of its own, or by one of Django's decorators."""
    found = []
    for node in module.nodes:
        said = ast.unparse(node) if isinstance(node, ast.Assign | ast.Call) else ""
        is_header = re.match(r"[\w.]+\[['\"]Cache-Control['\"]\] = ", said) or (
            isinstance(node, ast.Call) and "'Cache-Control'" in [ast.unparse(each) for each in node.args]
        )
        is_decorator = bool(re.match(r"(cache_control|cache_page|patch_cache_control|patch_response_headers)\(", said))
        if is_decorator or (is_header and "no-store" not in said):
            found.append(f"{module.at(node)}: {said} keeps a page; say `may_stay` at the view instead")
    return found


def test_nothing_else_lets_a_page_be_kept() -> None:
    assert_none(line for module in modules() if module.place not in CACHES for line in kept_pages(module))


def test_a_planted_page_that_is_kept_is_caught() -> None:
    for code in (
        "response['Cache-Control'] = 'private, no-cache'",
        "response.headers['Cache-Control'] = 'max-age=60'",
        "response.headers.setdefault('Cache-Control', 'private')",
        "patch_cache_control(response, private=True)",
    ):
        assert len(kept_pages(planted("bids/views.py", code))) == 1, code
    assert kept_pages(planted("bids/views.py", "response['Cache-Control'] = 'no-store, private'")) == []
