"""What is asked about members, boards and statutes."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.associations.actions.members import person_of
from pallaq.associations.forms.base import FileForm
from pallaq.associations.models import Post
from pallaq.associations.rules.papers import ENDINGS
from pallaq.registry.forms.comparing import as_error
from pallaq.registry.forms.fields import DayField
from pallaq.registry.models import Person, Sex


class NumberField(forms.CharField):
    """A person by the number on her card: nobody looks her up by name here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=lazy("Number on her card"),
            widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
            max_length=20,
            **kwargs,
        )

    def clean(self, value: Any) -> Person | None:
        """Return the person."""
        typed = super().clean(value)
        if not typed:
            return None
        with as_error():
            return person_of(typed)


class MemberForm(FileForm):
    """A new member."""

    person = NumberField(help_text=lazy("Ten letters and digits, as her card shows them."))
    since = DayField(label=lazy("Member since"), help_text=lazy("The first of the month is enough."))


class EndForm(FileForm):
    """The last day of something."""

    on = DayField(label=lazy("Last day"), help_text=lazy("What was stays in the file, with its end."))


class BoardForm(FileForm):
    """A new board."""

    starts_on = DayField(label=lazy("From"), help_text=lazy("The first day of its time, as the minutes say."))
    ends_on = DayField(
        label=lazy("To"), help_text=lazy("The last day, if it is known. It can lie ahead."), required=False
    )


class PostForm(FileForm):
    """Who holds a post."""

    post = forms.ChoiceField(label=lazy("Post"), choices=Post.choices)
    person = NumberField(
        help_text=lazy("Of a member of the association. Empty if she or he is not on the registry."), required=False
    )
    sex = forms.ChoiceField(
        label=lazy("Woman or man"),
        help_text=lazy("Only for somebody who is not on the registry; her or his name is not kept."),
        choices=[("", "---------"), *Sex.choices],
        required=False,
    )
    since = DayField(label=lazy("From"), help_text=lazy("Empty: the first day of the board."), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a person or a sex, and not both."""
        given: dict[str, Any] = super().clean() or {}
        if "person" in given and "sex" in given and bool(given["person"]) == bool(given["sex"]):
            message = _("Write the number of a member, or say whether it is a woman or a man: one of the two.")
            self.add_error("person", message)
        return given

    def holder(self) -> Person | Sex:
        """Return who holds it."""
        return self.cleaned_data["person"] or Sex(self.cleaned_data["sex"])


class StatuteForm(FileForm):
    """A version of the statute."""

    approved_on = DayField(label=lazy("Approved on"))
    title = forms.CharField(label=lazy("Title"), max_length=200)
    summary = forms.CharField(
        label=lazy("What it says of boards and members"),
        help_text=lazy("In a few sentences. No names of people."),
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        required=False,
    )
    women_percent = forms.DecimalField(
        label=lazy("Women in the board, at least (%)"),
        help_text=lazy("As the statute says. Empty if it says nothing."),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
    )
    file = forms.FileField(
        label=lazy("The statute itself"),
        widget=forms.FileInput({"accept": ",".join(ENDINGS.values())}),
        allow_empty_file=True,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"limit": settings.EVIDENCE_LIMIT // 2**20}
        self.fields["file"].help_text = _("PDF or Word (.docx), at most %(limit)d MB.") % words

    def fields_of(self) -> dict[str, Any]:
        """Return what the action takes."""
        return self.said("approved_on", "title", "summary", "women_percent")
