"""Addresses of the room."""

from django.urls import path

from rodatraden.parties import views

app_name = "parties"
urlpatterns = [
    path("bli-leverantor/", views.register_supplier, name="register_supplier"),
    path("jag/", views.me, name="me"),
    path("organisationer/<uuid:organisation_id>/", views.organisation, name="organisation"),
    path("organisationer/<uuid:organisation_id>/bjud-in/", views.invite, name="invite"),
    path("inbjudningar/<uuid:invitation_id>/dra-tillbaka/", views.withdraw_invitation, name="withdraw_invitation"),
    path("inbjudan/<str:token>/", views.accept, name="accept"),
    path("roller/<uuid:membership_id>/avsluta/", views.end_role, name="end_role"),
]
