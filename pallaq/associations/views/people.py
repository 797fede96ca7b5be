"""A person's associations: her memberships and posts, in her file."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pallaq.accounts.visitors import signed_in
from pallaq.associations.models import BoardPost, Membership
from pallaq.associations.perms import can_see
from pallaq.registry.actions.reading import read
from pallaq.registry.models import What
from pallaq.registry.tabs import about_person
from pallaq.registry.views.finding import person_or_refuse


@require_safe
@login_required
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show of which associations she is or was a member, and which posts she holds or held."""
    found = person_or_refuse(request, key)
    read(found, by=signed_in(request), what=What.FILE)
    memberships = [
        {"one": one, "opens": can_see(request.user, one.organisation)}
        for one in Membership.objects.of(found).select_related("organisation")
    ]
    posts = BoardPost.objects.of(found).select_related("board__organisation").order_by("-starts_on")
    values = {"memberships": memberships, "posts": posts}
    return render(request, "associations/person.html", {**about_person(request, found), **values})
