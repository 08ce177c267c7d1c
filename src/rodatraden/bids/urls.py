"""Addresses of the room."""

from django.urls import path

from rodatraden.bids.views import (
    changed,
    handing_in,
    leaving,
    observing,
    opening,
    sealed,
    starting,
    unlocking,
    workspace,
)

app_name = "bids"
SUBMISSION = "anbud/kvitto/<uuid:submission_id>"
FOR = "anbud/<uuid:tender_id>/for/<uuid:organisation_id>"
CASE = "upphandlingar/<uuid:procurement_id>"

urlpatterns = [
    path("anbud/", starting.mine, name="mine"),
    path("anbud/<uuid:tender_id>/", starting.start, name="start"),
    path("anbud/<uuid:tender_id>/forseglat/", sealed.hand_in, name="sealed"),
    path("anbud/<uuid:tender_id>/nyckelinnehavare.json", sealed.holders, name="holders"),
    path(f"{FOR}/", workspace.workspace, name="workspace"),
    path(f"{FOR}/<uuid:upload_id>/", workspace.held, name="held"),
    path(f"{FOR}/<uuid:upload_id>/lamna-in", workspace.hand_in, name="hand_in"),
    path(f"{FOR}/<uuid:upload_id>/<path:name>", workspace.part, name="part"),
    path(f"{SUBMISSION}/", handing_in.receipt, name="receipt"),
    path(f"{SUBMISSION}/kvitto.json", handing_in.receipt_json, name="receipt_json"),
    path(f"{SUBMISSION}/kvitto.pdf", handing_in.receipt_pdf, name="receipt_pdf"),
    path(f"{SUBMISSION}/anbud.rtbid", handing_in.sealed_copy, name="sealed_copy"),
    path(f"{SUBMISSION}/bekrafta/", changed.confirm, name="confirm"),
    path(f"{SUBMISSION}/aterkalla/", handing_in.withdraw, name="withdraw"),
    path(f"{CASE}/oppning/", opening.opening, name="opening"),
    path(f"{CASE}/oppning/protokoll.json", opening.protocol, name="protocol"),
    path(f"{CASE}/oppning/forteckning.pdf", opening.opening_list, name="opening_list"),
    path(f"{CASE}/oppning/annat-verktyg/", opening.outside_protocol, name="outside_protocol"),
    path(f"{CASE}/oppning/observatorer/", observing.observers, name="observers"),
    path("upphandlingar/observatorer/<uuid:observer_id>/avsluta/", observing.end, name="end_observer"),
    path("oppning/<uuid:tender_id>/observera/", observing.observe, name="observe"),
    path("oppning/observator/", observing.observation_code, name="observation_code"),
    path("oppning/observator/<uuid:observer_id>/", observing.take, name="take_observation"),
    path(f"{CASE}/las-upp/<str:holds>/", unlocking.unlock, name="unlock"),
    path(f"{CASE}/las-upp/<str:holds>/oppna-de-andra/", leaving.leave_out, name="leave_out"),
    path(f"{CASE}/las-upp/<str:holds>/jag-kan-nas/", leaving.reachable, name="reachable"),
    path(f"{CASE}/las-upp/<str:holds>/<uuid:key_id>/blad.json", unlocking.sheet, name="sheet"),
    path(f"{CASE}/anbud/", opening.bid_list, name="list"),
    path(f"{CASE}/anbud/registrera/", opening.register, name="register"),
    path("upphandlingar/anbud/<uuid:bid_id>/", opening.bid, name="bid"),
    path("upphandlingar/anbud/<uuid:bid_id>/espd/", opening.espd, name="bid_espd"),
    path("upphandlingar/anbud/filer/<uuid:file_id>/", opening.file, name="file"),
    path("upphandlingar/anbud/filer/<uuid:file_id>/las/", opening.read, name="read"),
]
