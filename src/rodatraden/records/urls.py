"""Addresses of the room."""

from django.urls import path

from rodatraden.records import views

app_name = "records"
urlpatterns = [
    path("kontrollera-handling/", views.check, name="check"),
    path("prova-stampeln/", views.stamp, name="stamp"),
    path("offentligt/logg/", views.public_log, name="public_log"),
    path("offentligt/logg/huvud.txt", views.head, name="head"),
    path("offentligt/logg/vaxt.json", views.growth, name="growth"),
    path("offentligt/logg/kontrollera.py", views.verifier, name="verifier"),
]
