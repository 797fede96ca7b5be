"""The page of what is said about an item of a plan."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.following import perms as perms
from pallaq.following.actions.comments import add_comment, remove_comment
from pallaq.following.forms.meetings import CommentForm
from pallaq.following.views.finding import item_or_refuse
from pallaq.following.views.meetings import FORM
from pallaq.plan.models import Indicator, Item, Node
from pallaq.progress.views.finding import tried
from pallaq.shared.errors import Refusal


@require_http_methods(FORM)
@login_required
def comments(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show what was said about an item, the newest last, and take one more comment."""
    item = item_or_refuse(request, plan, code)
    form, refusal = CommentForm(request.POST or None), None
    if form.is_valid():
        refusal = tried(form, lambda: add_comment(item=item, by=signed_in(request), **form.cleaned_data))
        if not refusal:
            return redirect("following:comments", plan, code)
    pages = Paginator(item.comments.select_related("by", "removed_by"), 50)
    page = pages.get_page(request.GET.get("page", pages.num_pages))
    context = {
        "plan": item.plan,
        "item": item,
        "named": named(item),
        "page": page,
        "rows": [(one, perms.can_remove(request.user, one)) for one in page.object_list],
        "form": form,
    }
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    return render(request, "following/comments.html", context, status=status)


def named(item: Item) -> Node | Indicator | None:
    """Return what an item is in the version that is shown."""
    version, table = item.plan.shown(), Indicator if item.kind == "indicator" else Node
    return table.objects.filter(version=version, item=item).select_related("item").first()


@require_POST
@login_required
def comment_remove(request: HttpRequest, plan: str, code: str, key: UUID) -> HttpResponse:
    """Take a comment back."""
    item = item_or_refuse(request, plan, code)
    found = item.comments.select_related("item__plan").filter(pk=key).first()
    if found is None:
        raise Refusal(_("There is no such comment. Reload the page."), code="no-comment", status=404)
    refuse_unless(perms.can_remove(request.user, found))
    remove_comment(comment=found, by=signed_in(request))
    return redirect("following:comments", plan, code)
