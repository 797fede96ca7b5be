"""Addresses of the home page, of the pages about Pallaq, of the audit trail and of the language switch."""

from django.urls import path
from django.views.i18n import set_language

from pallaq.web import measuring, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("glossary/", views.glossary, name="glossary"),
    path("about/", views.about, name="about"),
    path("audit/", views.audit, name="audit"),
    path("audit.csv", views.audit_csv, name="audit_csv"),
    path("plans/<slug:plan>/measures/", measuring.measures, name="measures"),
    path("language/", set_language, name="language"),
]
