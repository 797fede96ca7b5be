"""Addresses of meetings, agreements, comments, the timeline and the weekly e-mail."""

from django.urls import URLPattern, path

from pallaq.following.views import agreements, comments, digest, late, meetings, timeline

app_name = "following"
urlpatterns: list[URLPattern] = [
    path("plans/<slug:plan>/timeline/", timeline.timeline, name="timeline"),
    path("plans/<slug:plan>/meetings/", meetings.meetings, name="meetings"),
    path("plans/<slug:plan>/meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("plans/<slug:plan>/meetings/<uuid:key>/", meetings.meeting, name="meeting"),
    path("plans/<slug:plan>/meetings/<uuid:key>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("plans/<slug:plan>/meetings/<uuid:key>/minutes/", meetings.meeting_hold, name="meeting_hold"),
    path("plans/<slug:plan>/meetings/<uuid:key>/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path("plans/<slug:plan>/meetings/<uuid:key>/agreements/new/", agreements.agreement_new, name="agreement_new"),
    path("plans/<slug:plan>/agreements/", agreements.agreements, name="agreements"),
    path("plans/<slug:plan>/agreements/<uuid:key>/done/", agreements.agreement_done, name="agreement_done"),
    path("plans/<slug:plan>/agreements/<uuid:key>/reopen/", agreements.agreement_reopen, name="agreement_reopen"),
    path("plans/<slug:plan>/items/<str:code>/comments/", comments.comments, name="comments"),
    path("plans/<slug:plan>/items/<str:code>/comments/<uuid:key>/", comments.comment_remove, name="comment_remove"),
    path("plans/<slug:plan>/late/", late.late, name="late"),
    path("plans/<slug:plan>/late.csv", late.late_csv, name="late_csv"),
    path("digest/", digest.digest, name="digest"),
]
