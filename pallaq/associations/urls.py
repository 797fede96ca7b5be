"""Addresses of the room."""

from django.urls import URLPattern, path

from pallaq.associations.views import boards, lists, members, official, organisations, people

app_name = "associations"
ONE = "registry/organisations/<uuid:key>/"
urlpatterns: list[URLPattern] = [
    path("registry/organisations/", organisations.organisations, name="organisations"),
    path("registry/organisations/add/", organisations.add, name="add"),
    path("registry/organisations/lists/", lists.lists, name="lists"),
    path("registry/organisations/lists/<uuid:key>/", lists.one_list, name="list"),
    path("registry/organisations/lists/<uuid:key>/store/", lists.list_store, name="list_store"),
    path("registry/organisations/lists/<uuid:key>/drop/", lists.list_drop, name="list_drop"),
    path(ONE, organisations.organisation, name="organisation"),
    path(f"{ONE}edit/", organisations.edit, name="edit"),
    path(f"{ONE}members/", members.members, name="members"),
    path(f"{ONE}members/add/", members.member_add, name="member_add"),
    path(f"{ONE}members/<uuid:membership>/end/", members.member_end, name="member_end"),
    path(f"{ONE}boards/add/", boards.board_add, name="board_add"),
    path(f"{ONE}boards/<uuid:board>/end/", boards.board_end, name="board_end"),
    path(f"{ONE}boards/<uuid:board>/posts/add/", boards.post_add, name="post_add"),
    path(f"{ONE}posts/<uuid:post>/end/", boards.post_end, name="post_end"),
    path(f"{ONE}statutes/add/", boards.statute_add, name="statute_add"),
    path(f"{ONE}statutes/<uuid:statute>/file/", boards.statute_file, name="statute_file"),
    path(f"{ONE}rights/add/", official.right_add, name="right_add"),
    path(f"{ONE}rights/<uuid:holding>/end/", official.right_end, name="right_end"),
    path(f"{ONE}recpo/add/", official.recpo_add, name="recpo_add"),
    path(f"{ONE}plants/add/", official.plant, name="plant_add"),
    path(f"{ONE}plants/<uuid:plant>/", official.plant, name="plant_edit"),
    path("registry/people/<uuid:key>/associations/", people.person, name="person"),
]
