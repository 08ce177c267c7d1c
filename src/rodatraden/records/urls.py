"""Addresses of the room."""

from django.urls import path

from rodatraden.records import views

app_name = "records"
urlpatterns = [path("kontrollera-handling/", views.check, name="check")]
