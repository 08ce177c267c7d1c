"""Addresses of the look."""

from django.urls import path

from rodatraden.ui import views

app_name = "ui"
urlpatterns = [
    path("utseende/", views.set_colour_scheme, name="colour-scheme"),
    path("ui/", views.styleguide, name="styleguide"),
]
