"""Addresses of the home page, of the pages about Pallaq, and of the language switch."""

from django.urls import path
from django.views.i18n import set_language

from pallaq.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("glossary/", views.glossary, name="glossary"),
    path("about/", views.about, name="about"),
    path("language/", set_language, name="language"),
]
