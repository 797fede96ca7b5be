"""What is typed: by her to enter and to ask, at a desk for her, by an officer to answer."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.registry.models import Purpose
from pallaq.rights.actions.requests import Asked
from pallaq.rights.models import Kind, Outcome, Request, Subject, Way
from pallaq.shared.errors import Refusal

LONGEST = 3000


def tried(form: forms.Form, verb: Callable[[], object]) -> bool:
    """Do it; put a refusal at the head of the form, and say whether there was one."""
    try:
        verb()
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return True
    return False


class EnterForm(forms.Form):
    """The number and the code of her paper."""

    number = forms.CharField(
        label=_("Your registry number"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Your secret code"),
        help_text=_("Four groups of four, as on your paper."),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class AskForm(forms.Form):
    """What she asks on her page. To leave the registry has a page of its own, which says what ends."""

    kind = forms.ChoiceField(
        label=_("What do you ask?"), choices=[(kind, kind.label) for kind in Kind if kind != Kind.WITHDRAW]
    )
    subject = forms.ChoiceField(
        label=_("Which part is it about?"), choices=[("", "-"), *Subject.choices], required=False
    )
    words = forms.CharField(
        label=_("In your words"),
        help_text=_("For a correction: what is wrong, and how it should be."),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST,
        required=False,
    )

    def asked(self) -> Asked:
        """Return what she asks."""
        given = self.cleaned_data
        return Asked(Kind(given["kind"]), given["words"], given["subject"])


class TakeForm(forms.Form):
    """What somebody asks at a desk, or on paper."""

    kind = forms.ChoiceField(label=_("What she asks"), choices=Kind.choices)
    subject = forms.ChoiceField(
        label=_("Which part of her file"), choices=[("", "-"), *Subject.choices], required=False
    )
    words = forms.CharField(
        label=_("In her words"), widget=forms.Textarea({"rows": 4}), max_length=LONGEST, required=False
    )
    way = forms.ChoiceField(label=_("How it came"), choices=[(Way.DESK, Way.DESK.label), (Way.PAPER, Way.PAPER.label)])
    on = forms.DateField(
        label=_("Received on"),
        help_text=_("The day on which she asked: the time to answer runs from it."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def asked(self) -> Asked:
        """Return what she asks."""
        given = self.cleaned_data
        return Asked(Kind(given["kind"]), given["words"], given["subject"], Way(given["way"]), given["on"])


class ConsentForm(forms.Form):
    """A consent given or taken back on paper."""

    purpose = forms.ChoiceField(choices=Purpose.choices, widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("Signed on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), initial=timezone.localdate
    )
    on_paper = forms.BooleanField(label=_("I have the paper that she signed"))


class AnswerForm(forms.Form):
    """What became of a request."""

    outcome = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("", "-"), *((outcome, outcome.label) for outcome in Outcome if outcome != Outcome.OPEN)],
    )
    answer = forms.CharField(
        label=_("Answer to her"),
        help_text=_("She reads it on her page. Say why, unless all was done as asked."),
        widget=forms.Textarea({"rows": 5}),
        max_length=LONGEST,
        required=False,
    )
    sure = forms.BooleanField(
        label=_("Erase her file now, if it is done as asked: this cannot be undone"), required=False
    )

    def __init__(self, *args: Any, asked: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.erases = asked.erases()
        if not self.erases:
            del self.fields["sure"]

    def clean(self) -> None:
        """Ask once more before a file is erased."""
        if self.erases and self.cleaned_data.get("outcome") == Outcome.GRANTED and not self.cleaned_data.get("sure"):
            self.add_error("sure", _("To erase her file, mark this too."))
