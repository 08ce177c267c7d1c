"""Addresses of the room."""

from django.urls import path

from rodatraden.contracts.views import concluding, ordering, reading

app_name = "contracts"
CONTRACT = "avtal/<uuid:contract_id>"
CALL_OFF = "avrop/<uuid:call_off_id>"

urlpatterns = [
    path("avtal/", reading.contract_list, name="list"),
    path("upphandlingar/<uuid:procurement_id>/avtal/", concluding.draw_up, name="draw_up"),
    path(f"{CONTRACT}/", reading.detail, name="detail"),
    path(f"{CONTRACT}/handling.pdf", reading.document, name="document"),
    path(f"{CONTRACT}/word/", reading.word, name="word"),
    path(f"{CONTRACT}/skriv-under/", concluding.sign, name="sign"),
    path(f"{CONTRACT}/forlang/", concluding.extend, name="extend"),
    path(f"{CONTRACT}/avrop/", ordering.call_off, name="call_off"),
    path(f"{CALL_OFF}/timmar/", ordering.report, name="report"),
    path(f"{CALL_OFF}/avbestall/", ordering.cancel, name="cancel"),
    path(f"{CALL_OFF}/leverera/", ordering.deliver, name="deliver"),
    path("avtal/filer/<uuid:file_id>/", reading.file, name="file"),
]
