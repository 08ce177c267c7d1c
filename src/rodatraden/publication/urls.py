"""Addresses of the room."""

from django.urls import URLPattern

app_name = "publication"
urlpatterns: list[URLPattern] = []
