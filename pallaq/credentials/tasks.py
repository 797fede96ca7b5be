"""Long work of the room on the worker."""

from django_tasks import task

from pallaq.credentials.actions.lists import needs_a_look, revoke_overtaken


@task()
def look_for_overtaken() -> int:
    """Revoke the cards that say what no longer holds; harmless when it was done already."""
    return revoke_overtaken()


def look_if_due() -> None:
    """Let the worker look, once an hour at most; called when somebody asks for the list."""
    if needs_a_look():
        look_for_overtaken.enqueue()
