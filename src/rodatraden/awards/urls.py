"""Addresses of the room."""

from django.urls import path

from rodatraden.awards import views

app_name = "awards"
CASE = "upphandlingar/<uuid:procurement_id>"

urlpatterns = [
    path(f"{CASE}/beslut/", views.decision, name="decision"),
    path(f"{CASE}/beslut/handling.pdf", views.decision_document, name="decision_document"),
    path(f"{CASE}/beslut/word/", views.decision_word, name="decision_word"),
    path(f"{CASE}/beslut/forbered/", views.prepare, name="prepare"),
    path(f"{CASE}/beslut/besluta/", views.decide, name="decide"),
    path(f"{CASE}/beslut/lamna-tillbaka/", views.return_prepared, name="return"),
    path(f"{CASE}/beslut/aterkalla/", views.revoke, name="revoke"),
    path("offentligt/upphandling/<uuid:tender_id>/begar-handlingar/", views.ask_documents, name="ask_documents"),
    path("begaran/", views.request_code, name="request_code"),
    path("begaran/<uuid:request_id>/", views.own_request, name="own_request"),
    path("begaran/<uuid:request_id>/<uuid:file_id>/", views.own_file, name="own_file"),
    path(f"{CASE}/begaran/", views.access_requests, name="access_requests"),
    path(f"{CASE}/maskera/", views.mask, name="mask"),
    path("begaran-om-handlingar/<uuid:request_id>/", views.access_request, name="access_request"),
    path("anbud-sekretess/<uuid:bid_id>/", views.claims, name="claims"),
    path("begard-sekretess/<uuid:claim_id>/", views.assess, name="assess"),
    path("maskerade/<uuid:copy_id>/", views.masked_copy, name="masked_copy"),
    path("delegationsbeslut/<uuid:organisation_id>/", views.board, name="board"),
    path("delegationsbeslut/<uuid:organisation_id>/csv/", views.board_csv, name="board_csv"),
    path("delegationsordning/<uuid:organisation_id>/", views.delegations, name="delegations"),
    path("delegationsordning/punkt/<uuid:point_id>/", views.end_delegation, name="end_delegation"),
    path(f"{CASE}/avbryt-publicerad/", views.cancel, name="cancel"),
    path(f"{CASE}/avbryt-publicerad/handling.pdf", views.cancellation_document, name="cancellation_document"),
    path(f"{CASE}/underrattelser/", views.notices, name="notices"),
    path(f"{CASE}/overprovning/", views.register_review, name="register_review"),
    path("overprovningar/<uuid:review_id>/", views.review, name="review"),
    path("overprovningar/<uuid:review_id>/interimistiskt/", views.interim, name="interim"),
    path("underrattelser/<uuid:notification_id>/", views.notification, name="notification"),
    path(
        "underrattelser/<uuid:notification_id>/handling.pdf", views.notification_document, name="notification_document"
    ),
    path("underrattelser/<uuid:notification_id>/brev/", views.letter, name="letter"),
]
