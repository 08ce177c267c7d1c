"""Addresses of the room."""

from django.urls import path

from rodatraden.assessments.views import agreeing, bundling, leading, reporting, scoring, sighting

app_name = "assessments"
ROUND = "bedomningar/<uuid:round_id>"

urlpatterns = [
    path(f"{ROUND}/poang/<uuid:item_id>/pris/", sighting.report, name="report_price"),
    path("bedomningar/pris/<uuid:sighting_id>/", sighting.sighting, name="sighting"),
    path("bedomningar/pris/<uuid:sighting_id>/kopia/", sighting.masked, name="masked"),
    path(f"{ROUND}/", scoring.overview, name="round"),
    path(f"{ROUND}/poang/<uuid:item_id>/", scoring.score, name="score"),
    path(f"{ROUND}/fraga/<uuid:criterion_id>/", scoring.question, name="question"),
    path(f"{ROUND}/lamna-in/", scoring.submit, name="submit"),
    path(f"{ROUND}/senast/", leading.due_day, name="due_day"),
    path(f"{ROUND}/paminn/", leading.remind, name="remind"),
    path(f"{ROUND}/fler/", leading.add_assessor, name="add_assessor"),
    path(f"{ROUND}/utan/<uuid:member_id>/", leading.go_on_without, name="without"),
    path(f"{ROUND}/konsensus/", agreeing.consensus, name="consensus"),
    path(f"{ROUND}/samstammighet/", agreeing.agreement, name="agreement"),
    path(f"{ROUND}/konsensus/<uuid:item_id>/<uuid:criterion_id>/", agreeing.agree, name="agree"),
    path(f"{ROUND}/aterforing/", reporting.feedback, name="feedback"),
    path(f"{ROUND}/aterforing/frys/", reporting.freeze_feedback, name="freeze_feedback"),
    path(f"{ROUND}/aterforing/<uuid:item_id>/", reporting.preview, name="preview"),
    path(f"{ROUND}/aterforing/paket/", bundling.ask, name="bundle_ask"),
    path(f"{ROUND}/aterforing/paket/<uuid:bundle_id>/", bundling.bundle, name="bundle"),
    path(f"{ROUND}/aterforing/paket/<uuid:bundle_id>/stoppa/", bundling.cancel, name="bundle_cancel"),
    path(f"{ROUND}/aterforing/paket/<uuid:bundle_id>/zip/", bundling.fetch, name="bundle_fetch"),
    path("aterforing/<uuid:report_id>/", reporting.report, name="report"),
    path("aterforing/<uuid:report_id>/pdf/", reporting.report_pdf, name="report_pdf"),
]
