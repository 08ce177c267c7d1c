"""Addresses of the room."""

from django.urls import path

from rodatraden.procurements import views

app_name = "procurements"
urlpatterns = [
    path("upphandlingar/ny/", views.create, name="create"),
    path("upphandlingar/<uuid:procurement_id>/beskriv/", views.describe, name="describe"),
    path("upphandlingar/<uuid:procurement_id>/team/", views.team, name="team"),
    path("upphandlingar/<uuid:procurement_id>/jav/", views.declare, name="declare"),
    path("upphandlingar/<uuid:procurement_id>/diarium/", views.diary, name="diary"),
    path("upphandlingar/<uuid:procurement_id>/diarium/export/", views.diary_export, name="diary_export"),
    path("upphandlingar/<uuid:procurement_id>/avbryt/", views.cancel, name="cancel"),
    path("team/<uuid:member_id>/ta-bort/", views.remove, name="remove"),
    path("jav/<uuid:declaration_id>/", views.clear, name="clear"),
]
