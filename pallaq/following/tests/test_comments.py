"""Comments on what a plan holds: for whoever sees its records, newest last, taken back by their author or a planner."""

import pytest

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, person, refused
from pallaq.following.actions import comments
from pallaq.following.actions.comments import add_comment, remove_comment
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Comment
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def said(made: Small, by: User | None = None, words: str = "Falta el acta") -> Comment:
    return add_comment(item=made.indicator.item, words=words, by=by or made.planner)


def test_the_trail_notes_that_something_was_said_and_never_what() -> None:
    made = small()
    said(made)
    event = AuditEvent.objects.get(action="comment.add")
    assert (event.scope, event.about, event.details) == ("plan/small", "indicator I1", {})


def test_it_refuses_nothing_and_too_much() -> None:
    made = small()
    with refused("comment-empty"):
        said(made, words=" \n")
    with refused("comment-long"):
        said(made, words="x" * 4001)


def test_a_removed_comment_leaves_no_words() -> None:
    made = small()
    comment = said(made)
    remove_comment(comment=comment, by=made.planner)
    comment.refresh_from_db()
    assert (comment.words, comment.removed_by) == ("", made.planner)
    with refused("comment-removed"):
        remove_comment(comment=comment, by=made.planner)


@pytest.mark.parametrize("verb", ["add", "remove"])
def test_nothing_is_saved_if_the_trail_fails(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = small()
    comment = said(made)

    def fail(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(comments, "record", fail)
    with pytest.raises(RuntimeError):
        said(made) if verb == "add" else remove_comment(comment=comment, by=made.planner)
    assert [one.words for one in Comment.objects.all()] == ["Falta el acta"]


def test_the_page_shows_the_newest_last_and_takes_one_more() -> None:
    made = small()
    said(made, words="Primero")
    browser = client_of(made.reader())
    base = f"/plans/{made.plan.code}/items/I1/comments/"
    assert browser.post(base, {"words": "Segundo"}).status_code == 302
    assert browser.post(base, {"words": ""}).status_code == 422
    page = browser.get(base).content.decode()
    assert page.index("Primero") < page.index("Segundo")
    assert "Paula" in page


def test_the_newest_page_opens_first() -> None:
    made = small()
    for number in range(51):
        said(made, words=f"Comentario {number}")
    page = client_of(made.planner).get(f"/plans/{made.plan.code}/items/I1/comments/").content.decode()
    assert "Comentario 50" in page
    assert "Comentario 49<" not in page


def test_one_removes_her_own_and_a_planner_any() -> None:
    made = small()
    lidia = made.reader()
    hers, his = said(made, by=lidia), said(made)
    base = f"/plans/{made.plan.code}/items/I1/comments/"
    assert client_of(lidia).post(f"{base}{his.pk}/").status_code == 403
    assert client_of(lidia).post(f"{base}{hers.pk}/").status_code == 302
    assert client_of(made.planner).post(f"{base}{his.pk}/").status_code == 302
    assert client_of(made.planner).post(f"{base}{hers.pk}/").status_code == 409
    assert client_of(made.planner).get(f"{base}{hers.pk}/").status_code == 405


def test_only_who_sees_the_records_sees_what_is_said() -> None:
    made = small()
    said(made)
    julia = made.reporter()  # of Diresa, which takes part in 1.2 alone
    browser = client_of(julia)
    assert browser.get(f"/plans/{made.plan.code}/items/1.2/comments/").status_code == 200
    assert browser.get(f"/plans/{made.plan.code}/items/1.2.1/comments/").status_code == 200
    for code in ("1.1", "I1", "X9"):
        assert browser.get(f"/plans/{made.plan.code}/items/{code}/comments/").status_code == 404
    assert client_of(person("Nadie")).get(f"/plans/{made.plan.code}/items/1.2/comments/").status_code == 404
    assert client_of(None).get(f"/plans/{made.plan.code}/items/1.2/comments/").status_code == 302
