"""Addresses of the room."""

from django.urls import URLPattern, path, re_path

from pallaq.rights.views import desk, mine, queue, retention

app_name = "rights"
HERS = "registry/people/<uuid:key>/rights/"
urlpatterns: list[URLPattern] = [
    # her own page, by her slip
    path("mine/", mine.mine, name="mine"),
    path("mine/leave/", mine.mine_leave, name="mine_leave"),
    path("mine/readings/", mine.mine_readings, name="mine_readings"),
    path("mine/consents/", mine.mine_consents, name="mine_consents"),
    path("mine/requests/", mine.mine_requests, name="mine_requests"),
    path("mine/withdraw/", mine.mine_withdraw, name="mine_withdraw"),
    re_path(r"^mine/copy\.(?P<form>json|pdf)$", mine.mine_copy, name="mine_copy"),
    path("mine/authorisations/<uuid:key>/", mine.mine_sign, name="mine_sign"),
    # at a desk
    path(HERS, desk.person, name="person"),
    path(f"{HERS}consent/", desk.consent, name="consent"),
    path(f"{HERS}slip/", desk.slip, name="slip"),
    path(f"{HERS}slip/void/", desk.slip_void, name="slip_void"),
    path(f"{HERS}ask/", desk.take, name="take"),
    path(f"{HERS}copy/", desk.copy, name="copy"),
    # for officers and auditors
    path("registry/requests/", queue.requests, name="requests"),
    path("registry/requests/<uuid:key>/", queue.one, name="request"),
    path("registry/retention/", retention.retention, name="retention"),
]
