"""Addresses of the room."""

from django.urls import URLPattern

app_name = "procurements"
urlpatterns: list[URLPattern] = []
