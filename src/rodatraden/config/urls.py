"""All addresses: each room brings its own, the order is that of the rooms."""

from django.urls import include, path

urlpatterns = [
    path("konto/", include("allauth.urls")),
    path("", include("rodatraden.parties.urls")),
    path("", include("rodatraden.records.urls")),
    path("", include("rodatraden.procurements.urls")),
    path("", include("rodatraden.assessments.urls")),
    path("", include("rodatraden.needs.urls")),
    path("", include("rodatraden.tenders.urls")),
    path("", include("rodatraden.bids.urls")),
    path("", include("rodatraden.evaluation.urls")),
    path("", include("rodatraden.awards.urls")),
    path("", include("rodatraden.contracts.urls")),
    path("", include("rodatraden.followup.urls")),
    path("", include("rodatraden.publication.urls")),
    path("", include("rodatraden.ui.urls")),
    path("", include("rodatraden.pages.urls")),
]
