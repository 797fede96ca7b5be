"""Comments on an item of a plan: said, and taken back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.plan.models import Item
from pallaq.progress.models import Comment
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

LONGEST = 4000  # characters


@transaction.atomic
def add_comment(*, item: Item, words: str, by: User) -> Comment:
    """Say something about an item; the trail notes that, never the words."""
    words = words.strip()
    if not words:
        raise Refusal(_("Write something first."), code="comment-empty")
    if len(words) > LONGEST:
        message = _("A comment has at most %(longest)d characters. Shorten it, or attach a file as evidence.")
        raise Refusal(message % {"longest": LONGEST}, code="comment-long")
    comment = Comment.objects.create(item=item, words=words, by=by)
    record(by=by, action="comment.add", scope=item.plan.scope, about=f"{item.kind} {item.code}")
    return comment


@transaction.atomic
def remove_comment(*, comment: Comment, by: User) -> None:
    """Take a comment back: its words go, that it was there does not."""
    comment = Comment.objects.select_for_update(of=("self",)).select_related("item__plan").get(pk=comment.pk)
    if comment.removed_at:
        raise Refusal(_("This comment was removed already. Reload the page."), code="comment-removed", status=409)
    comment.words, comment.removed_at, comment.removed_by = "", timezone.now(), by
    comment.save(update_fields=["words", "removed_at", "removed_by"])
    item = comment.item
    record(
        by=by, action="comment.remove", scope=item.plan.scope, about=f"{item.kind} {item.code}", of=str(comment.by_id)
    )
