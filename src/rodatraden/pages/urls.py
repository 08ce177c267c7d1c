"""Addresses of the room."""

from django.urls import path

from rodatraden.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("upphandlingar/", views.procurement_list, name="procurement_list"),
    path("upphandlingar/<uuid:procurement_id>/", views.case, name="case"),
    path("upphandlingar/<uuid:procurement_id>/logg/", views.log, name="log"),
    path("upphandlingar/<uuid:procurement_id>/logg/csv/", views.log_export, name="log_export"),
    path("upphandlingar/<uuid:procurement_id>/logg/lasning/", views.readings, name="readings"),
    path("sok/", views.search, name="search"),
    path("demo/brevlada/", views.mailbox, name="demo_mailbox"),
]
