"""What an address names, if she may see it; and verbs tried from a form that keeps what was typed."""

from collections.abc import Callable

from django import forms

from pallaq.plan.views.finding import plan_or_refuse as plan_or_refuse  # for the room's other pages
from pallaq.shared.errors import Refusal


def tried(form: forms.BaseForm, verb: Callable[[], object]) -> Refusal | None:
    """Do what a form asks for; a refusal becomes the form's own error, so that nothing typed is lost."""
    try:
        verb()
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return refusal
    return None
