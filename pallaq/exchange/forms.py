"""What people are asked about files of a plan."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pallaq.exchange.models import Publisher
from pallaq.exchange.rules.merging import Change


class FileForm(forms.Form):
    """A file to bring."""

    file = forms.FileField(label=_("File"), max_length=255)

    def __init__(self, *args: Any, accept: str) -> None:
        super().__init__(*args)
        self.fields["file"].widget.attrs["accept"] = accept


class ChangesForm(forms.Form):
    """What to do with each conflict, and why the plan is amended."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason for the amendment"),
        help_text=_("The version in force does not change: your changes go into a new draft, with this reason."),
        widget=forms.Textarea({"rows": 2}),
        max_length=2000,
    )

    def __init__(self, *args: Any, conflicts: Iterable[Change], needs_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not needs_reason:
            del self.fields["reason"]
        for change in conflicts:
            choices = [("theirs", _("Keep what is in the plan")), ("mine", _("Take what is in my file"))]
            self.fields[change.name] = forms.ChoiceField(label=change.title, choices=choices, widget=forms.RadioSelect)

    def mine(self) -> set[str]:
        """Return the conflicts in which she takes her own row."""
        return {name for name, value in self.cleaned_data.items() if value == "mine" and name not in ("seen", "reason")}


class PublisherForm(forms.ModelForm):  # type: ignore[type-arg] # Django's own forms take no type at run time
    """Under which identifier a plan is published to IATI."""

    class Meta:
        model = Publisher
        fields = ("identifier", "name", "kind")
        help_texts = {
            "identifier": _("As IATI's registry has it: the code of a register, a hyphen, and the number there."),
        }
