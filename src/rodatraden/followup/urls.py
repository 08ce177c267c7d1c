"""Addresses of the room."""

from django.urls import path

from rodatraden.followup import views

app_name = "followup"

urlpatterns = [
    path("avtal/<uuid:contract_id>/uppfoljning/", views.plan, name="plan"),
    path("avtal/<uuid:contract_id>/avvikelser/", views.deviations, name="deviations"),
    path("uppfoljning/kontroller/<uuid:check_id>/", views.check, name="check"),
    path("uppfoljning/resultat/<uuid:result_id>/fil/", views.file, name="file"),
    path("uppfoljning/resultat/<uuid:result_id>/avvikelse/", views.deviate, name="deviate"),
    path("uppfoljning/resultat/<uuid:result_id>/behov/<uuid:need_id>/", views.tell, name="tell"),
    path("uppfoljning/betydelse/<uuid:need_result_id>/nytt-behov/", views.grow, name="grow"),
    path("uppfoljning/avvikelser/<uuid:deviation_id>/", views.deviation, name="deviation"),
]
