"""Addresses of the room: the case's under /upphandlingar, everybody's under /anbud."""

from django.urls import path

from rodatraden.tenders.views import changes, coming, documents, exchange, model, publication, questions, requirements

app_name = "tenders"
CASE = "upphandlingar/<uuid:procurement_id>/"
OPEN = "anbud/<uuid:tender_id>/"
urlpatterns = [
    path(f"{CASE}borja/", requirements.start, name="start"),
    path(f"{CASE}kommande/", coming.coming, name="coming"),
    path(f"{CASE}kommande/ta-tillbaka/", coming.withdraw, name="coming_withdraw"),
    path(f"{CASE}krav/", requirements.requirements, name="requirements"),
    path(f"{CASE}krav/nytt/", requirements.requirement_create, name="requirement_create"),
    path(f"{CASE}krav/importera/", exchange.import_rows, name="import"),
    path(f"{CASE}krav/importera/valj/", exchange.import_choose, name="import_choose"),
    path(f"{CASE}krav/exportera/<slug:format>/", exchange.export, name="export"),
    path("krav/<uuid:requirement_id>/", requirements.requirement, name="requirement"),
    path("krav/<uuid:requirement_id>/flytta/", requirements.move, name="move"),
    path("krav/<uuid:requirement_id>/stryk/", requirements.strike, name="strike"),
    path(f"{CASE}innehall/", documents.contents, name="contents"),
    path(f"{CASE}innehall/nytt/", documents.content_create, name="content_create"),
    path(f"{CASE}innehall/<uuid:item_id>/", documents.content_edit, name="content_edit"),
    path(f"{CASE}innehall/<uuid:item_id>/ta-bort/", documents.content_remove, name="content_remove"),
    path(f"{CASE}filer/<uuid:document_id>/ta-bort/", documents.document_remove, name="document_remove"),
    path(f"{CASE}villkor/", documents.terms, name="terms"),
    path(f"{CASE}datum/", documents.dates, name="dates"),
    path(f"{CASE}datum/flytta/", documents.deadline, name="deadline"),
    path(f"{CASE}modell/", model.model, name="model"),
    path(f"{CASE}publicera/", publication.publish, name="publish"),
    path(f"{CASE}publicera/godta/<str:code>/", publication.accept, name="accept"),
    path(f"{CASE}annonser/", publication.notices, name="notices"),
    path(f"{CASE}annonser/<uuid:notice_id>/", publication.confirm_notice, name="confirm_notice"),
    path(f"{CASE}annonser/<uuid:notice_id>/lamna-over/", publication.hand_over, name="hand_over"),
    path(f"{CASE}andring/", changes.change, name="change"),
    path(f"{CASE}andring/borja/", changes.begin, name="change_begin"),
    path(f"{CASE}andring/slapp/", changes.drop, name="change_drop"),
    path(f"{CASE}andring/angra/<int:edit_id>/", changes.take_back, name="change_take_back"),
    path(f"{CASE}andring/villkor/", changes.terms, name="change_terms"),
    path(f"{CASE}andring/modell/", changes.model, name="change_model"),
    path(f"{CASE}andring/krav/nytt/", changes.requirement_create, name="change_requirement_create"),
    path(f"{CASE}andring/krav/<uuid:requirement_id>/", changes.requirement, name="change_requirement"),
    path(f"{CASE}andring/krav/<uuid:requirement_id>/stryk/", changes.strike, name="change_strike"),
    path(f"{CASE}andring/innehall/nytt/", changes.item, name="change_item_create"),
    path(f"{CASE}andring/innehall/<uuid:item_id>/", changes.item, name="change_item"),
    path(f"{CASE}andring/innehall/<uuid:item_id>/ta-bort/", changes.item_remove, name="change_item_remove"),
    path(f"{CASE}fragor/", questions.questions, name="questions"),
    path(f"{CASE}fragor/<uuid:question_id>/", questions.answer, name="answer"),
    path(f"{OPEN}fragor/", questions.answers, name="answers"),
    path(f"{OPEN}fraga/", questions.ask, name="ask"),
    path(f"{OPEN}folj/", questions.follow_answers, name="follow_answers"),
    path("anbud/folj/<str:token>/", questions.follow_begin, name="follow_begin"),
    path("anbud/folj/<str:token>/sluta/", questions.follow_end, name="follow_end"),
    path("anbud/fil/<uuid:document_id>/", questions.document, name="document"),
]
