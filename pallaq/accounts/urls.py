"""Addresses of logging in and of the people an administrator manages. There is none for signing up."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from pallaq.accounts import views

account = [
    path("", views.me, name="account_me"),
    path("link/<uuid:user_id>/<str:token>/", views.accept, name="account_link"),
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
people = [
    path("", views.people, name="list"),
    path("invite/", views.invite, name="invite"),
    path("<uuid:user_id>/", views.person, name="person"),
    path("<uuid:user_id>/reset/", views.reset, name="reset"),
    path("<uuid:user_id>/deactivate/", views.deactivate, name="deactivate"),
    path("<uuid:user_id>/reactivate/", views.reactivate, name="reactivate"),
    path("<uuid:user_id>/administrator/", views.mark, name="mark"),
    path("<uuid:user_id>/second-factor/", views.remove_second_factor, name="remove_second_factor"),
]
urlpatterns = [
    path("account/", include(account)),
    path("people/", include((people, "people"))),
]
