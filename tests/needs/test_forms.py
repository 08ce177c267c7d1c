from __future__ import annotations

from django.http import QueryDict

from rodatraden.needs.forms import NeedForm, StrikeForm


def test_a_need_asks_for_all_but_its_source():
    form = NeedForm(QueryDict("source=Rapport"))
    assert not form.is_valid()
    assert sorted(form.errors) == ["description", "evidence", "for_whom", "title"]


def test_what_was_sent_names_the_fields_alone():
    form = NeedForm(QueryDict("title=a&for_whom=b&description=c&evidence=d&source=&idempotency_key=k"))
    assert form.is_valid()
    assert form.stated() == {"title": "a", "for_whom": "b", "description": "c", "evidence": "d", "source": ""}
    assert "idempotency_key" not in form.sent


def test_striking_asks_for_the_reason():
    assert not StrikeForm(QueryDict("reason=%20")).is_valid()
