"""The product's addresses and two to measure against: a bare view, and the base page with one query."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from rodatraden.config.urls import urlpatterns as product
from rodatraden.parties.models import Organisation


def bare(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    del request
    return HttpResponse("ok")


def base(request: HttpRequest) -> HttpResponse:
    """Answer with the frame that every page has, and one query of its own."""
    return render(request, "ui/base.html", {"organisation": Organisation.objects.first()})


urlpatterns = [path("bench/bare/", bare), path("bench/base/", base), *product]
