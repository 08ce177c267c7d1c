"""Addresses of the room."""

from django.urls import path

from rodatraden.needs import views

app_name = "needs"
urlpatterns = [
    path("behov/", views.backlog, name="backlog"),
    path("behov/ny/<uuid:organisation_id>/", views.write, name="write"),
    path("behov/<uuid:need_id>/", views.edit, name="edit"),
    path("behov/<uuid:need_id>/stryk/", views.strike, name="strike"),
    path("upphandlingar/<uuid:procurement_id>/behov/", views.needs_of, name="list"),
    path("upphandlingar/<uuid:procurement_id>/behov/nytt/", views.create, name="create"),
    path("upphandlingar/<uuid:procurement_id>/behov/<uuid:need_id>/ta-upp/", views.take_up, name="take_up"),
]
