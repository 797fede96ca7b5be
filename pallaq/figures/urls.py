"""Addresses of the room."""

from django.urls import path

from pallaq.figures import views

app_name = "figures"
urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/registries/", views.registries, name="registries"),
    path("figures/registries/totals.csv", views.registries_csv, name="registries_csv"),
    path("figures/releases/", views.releases, name="releases"),
    path("figures/releases/<int:number>/", views.figures, name="release"),
    path("figures/releases/<int:number>/figures.csv", views.figures_csv, name="figures_csv"),
    path("figures/releases/<int:number>/publish/", views.release_publish, name="release_publish"),
]
