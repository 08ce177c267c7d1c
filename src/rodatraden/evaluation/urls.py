"""Addresses of the room."""

from django.urls import path

from rodatraden.evaluation.views import checking, inquiring, outcome, presenting, proving, robustness, table

app_name = "evaluation"
CASE = "upphandlingar/<uuid:procurement_id>"

urlpatterns = [
    path(f"{CASE}/fragor-till-anbudsgivare/", inquiring.inquiries, name="inquiries"),
    path(f"{CASE}/fragor-till-anbudsgivare/ny/", inquiring.ask, name="ask"),
    path("upphandlingar/fragor-till-anbudsgivare/<uuid:inquiry_id>/", inquiring.assess, name="assess"),
    path("anbud/fragor/<uuid:inquiry_id>/", inquiring.answer, name="answer"),
    path(f"{CASE}/bevis/", proving.proofs, name="proofs"),
    path(f"{CASE}/bevis/begar/", proving.ask_proof, name="ask_proof"),
    path("upphandlingar/bevis/<uuid:proof_id>/", proving.proof, name="proof"),
    path("upphandlingar/bevis/<uuid:proof_id>/register/", proving.fetch, name="fetch_proof"),
    path("upphandlingar/bevis/<uuid:proof_id>/aterta/", proving.waive, name="waive_proof"),
    path("upphandlingar/bevis/<uuid:inquiry_id>/mer-tid/", proving.more_time, name="more_time"),
    path("anbud/bevis/<uuid:inquiry_id>/", proving.prove, name="prove"),
    path("anbud/bevis/<uuid:proof_id>/lamna/", proving.hand_in, name="hand_in"),
    path("bevis/<uuid:paper_id>/fil/", proving.paper, name="proof_file"),
    path(f"{CASE}/presentationer/", presenting.presentations, name="presentations"),
    path("upphandlingar/presentationer/<uuid:presentation_id>/", presenting.presentation, name="presentation"),
    path("upphandlingar/presentationer/<uuid:presentation_id>/klocka/", presenting.clock, name="presentation_clock"),
    path("upphandlingar/presentationer/<uuid:presentation_id>/tider/", presenting.times, name="presentation_times"),
    path("upphandlingar/presentationer/<uuid:presentation_id>/flytta/", presenting.move, name="move_presentation"),
    path(
        "upphandlingar/presentationer/<uuid:presentation_id>/stall-in/", presenting.cancel, name="cancel_presentation"
    ),
    path("upphandlingar/presentationer/<uuid:presentation_id>/fil/", presenting.file, name="presentation_file"),
    path("anbud/presentationer/<uuid:presentation_id>/", presenting.own, name="own_presentation"),
    path(f"{CASE}/kontroll/", checking.checks, name="checks"),
    path("upphandlingar/kontroll/<uuid:bid_id>/<uuid:requirement_id>/", checking.check, name="check"),
    path(f"{CASE}/bedomning/", checking.start_round, name="start_round"),
    path(f"{CASE}/konsensus/las/", outcome.lock, name="lock"),
    path(f"{CASE}/resultat/", outcome.outcome, name="outcome"),
    path(f"{CASE}/resultat/protokoll.pdf", outcome.protocol, name="protocol"),
    path(f"{CASE}/resultat/oppna-priserna/", outcome.open_prices, name="open_prices"),
    path(f"{CASE}/resultat/hur-sakert/", robustness.robustness, name="robustness"),
    path(f"{CASE}/resultat/frys/", outcome.freeze, name="freeze"),
    path(f"{CASE}/resultat/tabell/", table.table, name="table"),
    path(f"{CASE}/resultat/tabell/mall.xlsx", table.form_file, name="table_form"),
    path(f"{CASE}/resultat/tabell/anbuden.xlsx", table.bids_file, name="table_bids"),
]
