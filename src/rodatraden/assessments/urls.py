"""Addresses of the room."""

from django.urls import path

from rodatraden.assessments.views import (
    agreeing,
    bundling,
    drafting,
    leading,
    library,
    preparing,
    reporting,
    scoring,
    sighting,
)

app_name = "assessments"
ROUND = "bedomningar/<uuid:round_id>"
MODEL = "bedomningar/modeller/<uuid:model_id>"
DRAFT = "bedomningar/modeller/utkast/<uuid:model_draft_id>"

urlpatterns = [
    path("bedomningar/modeller/", library.library, name="library"),
    path("bedomningar/modeller/ny/", library.begin_model, name="begin_model"),
    path("bedomningar/modeller/las-in/", library.read_model_file, name="read_model_file"),
    path("bedomningar/modeller/mallar/<slug:name>/", library.model_template, name="model_template"),
    path("bedomningar/modeller/mallar/<slug:name>/<str:format>/", library.template_export, name="template_export"),
    path(f"{DRAFT}/", drafting.draft, name="draft"),
    path(f"{DRAFT}/om/", drafting.draft_about, name="draft_about"),
    path(f"{DRAFT}/del/<int:number>/", drafting.draft_area, name="draft_area"),
    path(f"{DRAFT}/kriterium/<int:number>/", drafting.draft_criterion, name="draft_criterion"),
    path(f"{DRAFT}/ordna/<str:what>/<int:number>/<str:step>/", drafting.draft_arrange, name="draft_arrange"),
    path(f"{DRAFT}/gor/", drafting.draft_make, name="draft_make"),
    path(f"{DRAFT}/kasta/", drafting.draft_discard, name="draft_discard"),
    path(f"{MODEL}/", library.model, name="model"),
    path(f"{MODEL}/skillnad/", library.model_differences, name="model_differences"),
    path(f"{MODEL}/ny-version/", library.next_version, name="next_version"),
    path(f"{MODEL}/fil/<str:format>/", library.model_export, name="model_export"),
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
    path(f"{ROUND}/utbildning/", preparing.training, name="training"),
    path(f"{ROUND}/utbildning/ny/", preparing.put_up_training, name="put_up_training"),
    path(f"{ROUND}/utbildning/<uuid:reading_id>/ta-ner/", preparing.withdraw_training, name="withdraw_training"),
    path("bedomningar/las/<uuid:reading_id>/", preparing.reading, name="reading"),
    path(f"{ROUND}/exempel/", preparing.calibration, name="calibration"),
    path(f"{ROUND}/exempel/nytt/", preparing.put_up_example, name="put_up_example"),
    path(f"{ROUND}/exempel/utan/", preparing.call_off_example, name="call_off_example"),
    path(f"{ROUND}/foljer/", preparing.add_observer, name="add_observer"),
    path(f"{ROUND}/foljer/<uuid:member_id>/sluta/", preparing.remove_observer, name="remove_observer"),
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
