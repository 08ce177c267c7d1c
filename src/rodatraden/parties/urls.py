"""Addresses of the room."""

from django.urls import path

from rodatraden.parties.views import keys
from rodatraden.parties.views import organisations as views

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
    path("inbjudan/", views.invitation_code, name="invitation_code"),
    path("inbjudan/<uuid:invitation_id>/", views.accept, name="accept"),
    path("organisationer/<uuid:organisation_id>/nyckelinnehavare/", keys.key_holders, name="key_holders"),
    path("organisationer/<uuid:organisation_id>/aterstallningsnyckel/", keys.recovery_key, name="recovery_key"),
    path("nyckelinnehavare/<uuid:holding_id>/avsluta/", keys.end_holding, name="end_holding"),
    path("min-oppningsnyckel/", keys.opening_key, name="opening_key"),
    path("min-oppningsnyckel/ny/", keys.new_opening_key, name="new_opening_key"),
    path("oppningsnycklar/<uuid:key_id>/last-nyckel/", keys.locked_key, name="locked_key"),
    path("oppningsnycklar/<uuid:key_id>/ova/", keys.start_drill, name="start_drill"),
    path("oppningsnycklar/<uuid:key_id>/avsluta/", keys.retire_key, name="retire_key"),
    path("ovningar/<uuid:drill_id>/", keys.drill, name="drill"),
    path("roller/<uuid:membership_id>/avsluta/", views.end_role, name="end_role"),
]
