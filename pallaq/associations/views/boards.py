"""Boards, posts and statutes of an association."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.associations import perms
from pallaq.associations.actions.boards import add_board, add_post, end_board, end_post
from pallaq.associations.actions.statutes import add_statute
from pallaq.associations.errors import nothing_here
from pallaq.associations.forms.people import BoardForm, EndForm, PostForm, StatuteForm
from pallaq.associations.models import Board, BoardPost, Post, Statute
from pallaq.associations.views.finding import EDIT, Words, answered, organisation_or_refuse, row_or_refuse
from pallaq.places.models import Organisation

BOARD = Words(lazy("Add a board"), lazy("The board is added. Say now who holds which post."), lazy("Add"))
BOARD_END = Words(lazy("End the board"), lazy("The board has its last day."), lazy("End"))
POST = Words(lazy("Fill a post"), lazy("The post is filled."), lazy("Save"))
POST_END = Words(lazy("End a post"), lazy("The post has its last day."), lazy("End"))
STATUTE = Words(
    lazy("Add a version of the statute"),
    lazy("The statute is added."),
    lazy("Add"),
    lazy("What was written before stays: a correction is another version."),
)


def to_edit(request: HttpRequest, key: UUID) -> Organisation:
    """Return the association with this key for whoever keeps its members and board."""
    found = organisation_or_refuse(request, key)
    refuse_unless(perms.can_edit_people(request.user, found))
    return found


@EDIT
@login_required
def board_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add a board."""
    found = to_edit(request, key)
    form = BoardForm(request.POST or None, organisation=found)

    def verb() -> None:
        days = form.cleaned_data["starts_on"], form.cleaned_data["ends_on"]
        add_board(organisation=found, edition=form.read_edition(), days=days, by=signed_in(request))

    return answered(request, found, form, verb, BOARD)


@EDIT
@login_required
def board_end(request: HttpRequest, key: UUID, board: UUID) -> HttpResponse:
    """Write down a board's last day."""
    found = to_edit(request, key)
    row = row_or_refuse(Board.objects.filter(organisation=found).select_related("organisation"), board)
    form = EndForm(request.POST or None, organisation=found, on=row.ends_on or timezone.localdate())

    def verb() -> None:
        end_board(board=row, edition=form.read_edition(), on=form.cleaned_data["on"], by=signed_in(request))

    return answered(request, found, form, verb, BOARD_END)


@EDIT
@login_required
def post_add(request: HttpRequest, key: UUID, board: UUID) -> HttpResponse:
    """Fill a post of a board."""
    found = to_edit(request, key)
    row = row_or_refuse(Board.objects.filter(organisation=found).select_related("organisation"), board)
    form = PostForm(request.POST or None, organisation=found)

    def verb() -> None:
        add_post(
            board=row,
            edition=form.read_edition(),
            post=Post(form.cleaned_data["post"]),
            holder=form.holder(),
            since=form.cleaned_data["since"],
            by=signed_in(request),
        )

    return answered(request, found, form, verb, POST)


@EDIT
@login_required
def post_end(request: HttpRequest, key: UUID, post: UUID) -> HttpResponse:
    """Write down the last day on which somebody held a post."""
    found = to_edit(request, key)
    rows = BoardPost.objects.filter(board__organisation=found).select_related("board__organisation")
    row = row_or_refuse(rows, post)
    form = EndForm(request.POST or None, organisation=found, on=timezone.localdate())
    words = Words(POST_END.title, POST_END.saved, POST_END.button, row.get_post_display())

    def verb() -> None:
        end_post(held=row, edition=form.read_edition(), on=form.cleaned_data["on"], by=signed_in(request))

    return answered(request, found, form, verb, words)


@EDIT
@login_required
def statute_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add a version of the statute."""
    found = to_edit(request, key)
    form = StatuteForm(request.POST or None, request.FILES or None, organisation=found)

    def verb() -> None:
        add_statute(
            organisation=found,
            edition=form.read_edition(),
            fields=form.fields_of(),
            file=form.cleaned_data["file"],
            by=signed_in(request),
        )

    return answered(request, found, form, verb, STATUTE)


@require_safe
@login_required
def statute_file(request: HttpRequest, key: UUID, statute: UUID) -> FileResponse:
    """Give a statute's file to keep, never to show in the browser."""
    found = organisation_or_refuse(request, key)
    row = row_or_refuse(Statute.objects.filter(organisation=found).exclude(file_name=""), statute)
    if not row.path().is_file():
        raise nothing_here()
    file = row.path().open("rb")
    response = FileResponse(file, as_attachment=True, filename=row.file_name, content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
