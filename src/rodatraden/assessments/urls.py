"""Addresses of the room."""

from django.urls import path

from rodatraden.assessments import views

app_name = "assessments"
ROUND = "bedomningar/<uuid:round_id>"

urlpatterns = [
    path(f"{ROUND}/", views.overview, name="round"),
    path(f"{ROUND}/poang/<uuid:item_id>/", views.score, name="score"),
    path(f"{ROUND}/lamna-in/", views.submit, name="submit"),
    path(f"{ROUND}/utan/<uuid:member_id>/", views.go_on_without, name="without"),
    path(f"{ROUND}/konsensus/", views.consensus, name="consensus"),
    path(f"{ROUND}/konsensus/<uuid:item_id>/<uuid:criterion_id>/", views.agree, name="agree"),
]
