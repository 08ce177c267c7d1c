"""Addresses of the room."""

from django.urls import path

from rodatraden.publication import views

app_name = "publication"
urlpatterns = [
    path("offentligt/", views.index, name="index"),
    path("offentligt/organisation/<uuid:organisation_id>/", views.organisation, name="organisation"),
    path("offentligt/upphandling/<uuid:tender_id>/", views.tender, name="tender"),
    path("offentligt/upphandling/<uuid:tender_id>/anbudsmall.json", views.bid_form, name="bid_form"),
    path("offentligt/upphandling/<uuid:tender_id>/resultat.csv", views.results, name="results"),
    path("offentligt/dokument/<uuid:snapshot_id>/", views.documents, name="documents"),
    path("offentligt/dokument/<uuid:snapshot_id>/andrat/", views.changes, name="changes"),
    path("offentligt/dokument/<uuid:snapshot_id>/json/", views.snapshot, name="snapshot"),
    path("offentligt/dokument/<uuid:snapshot_id>/pdf/", views.pdf, name="pdf"),
    path("offentligt/dokument/<uuid:snapshot_id>/word/", views.word, name="word"),
    path("offentligt/dokument/<uuid:snapshot_id>/zip/", views.archive, name="archive"),
    path("sa-tar-systemet-emot-anbud/", views.how_bids_are_received, name="how_bids_are_received"),
    path("tillganglighet/", views.accessibility, name="accessibility"),
    path("sa-raknar-vi/", views.how_we_count, name="how_we_count"),
]
