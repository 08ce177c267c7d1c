"""Addresses of the room."""

from django.urls import path

from rodatraden.parties import views

app_name = "parties"
urlpatterns = [
    path("bli-leverantor/", views.register_supplier, name="register_supplier"),
    path("jag/", views.me, name="me"),
    path("organisationer/<uuid:organisation_id>/", views.organisation, name="organisation"),
    path("organisationer/<uuid:organisation_id>/bjud-in/", views.invite, name="invite"),
    path("organisationer/<uuid:organisation_id>/nummer/", views.confirm_number, name="confirm_number"),
    path("bli-leverantor/slapp-in/", views.ask_to_join, name="ask_to_join"),
    path("inbjudningar/<uuid:invitation_id>/dra-tillbaka/", views.withdraw_invitation, name="withdraw_invitation"),
    path("inbjudningar/<uuid:invitation_id>/lank/", views.invitation_link, name="invitation_link"),
    path("inbjudan/<str:token>/", views.accept, name="accept"),
    path("roller/<uuid:membership_id>/avsluta/", views.end_role, name="end_role"),
]
