"""What people are asked about meetings, agreements and comments."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pallaq.following.actions.comments import LONGEST
from pallaq.places.models import Organisation
from pallaq.plan.models import Node

NATIONAL = _("national")
DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class MeetingForm(forms.Form):
    """When, where, about what."""

    item = forms.ModelChoiceField(Node.objects.none(), label=_("Action of the plan"), empty_label=None)
    region = forms.ChoiceField(label=_("Region"), required=False)
    held_on = forms.DateField(label=_("Day"), widget=DAY)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    convened_by = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Convened by"), required=False, empty_label=_("not said")
    )
    agenda = forms.CharField(
        label=_("Agenda"),
        help_text=_("One point a line."),
        widget=forms.Textarea({"rows": 5}),
        max_length=10_000,
        required=False,
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=1)

    def __init__(
        self,
        data: Any,
        *,
        actions: QuerySet[Node],
        regions: Iterable[tuple[str, str]],
        entities: QuerySet[Organisation],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["item"].queryset, fields["convened_by"].queryset = actions, entities
        fields["region"].choices = list(regions)

    def facts(self) -> dict[str, Any]:
        """Return what the verbs of a meeting ask for."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "edition"}
        return {**facts, "item": facts["item"].item}


class CameForm(forms.Form):
    """How many came from one entity; nobody is named."""

    entity = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Entity"), required=False, empty_label=_("of none of the entities")
    )
    women = forms.IntegerField(label=_("Women"), min_value=0, max_value=10_000, required=False)
    men = forms.IntegerField(label=_("Men"), min_value=0, max_value=10_000, required=False)
    other = forms.IntegerField(label=_("Other, or not said"), min_value=0, max_value=10_000, required=False)

    def __init__(self, *args: Any, entities: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["entity"].queryset = entities

    def counts(self) -> tuple[int, int, int]:
        """Return women, men, others."""
        values = self.cleaned_data
        return values.get("women") or 0, values.get("men") or 0, values.get("other") or 0


class CameForms(forms.BaseFormSet[CameForm]):
    """Who came, a row an entity."""

    def clean(self) -> None:
        """Refuse an entity that stands in two rows."""
        named = [form.cleaned_data.get("entity") for form in self.forms if any(form.counts())]
        if len(named) != len(set(named)):
            raise forms.ValidationError(_("An entity stands in two rows. Write its people in one."))

    def came(self) -> dict[Organisation | None, tuple[int, int, int]]:
        """Return who came, by entity."""
        return {form.cleaned_data.get("entity"): form.counts() for form in self.forms if any(form.counts())}


CAME: type[CameForms] = forms.formset_factory(CameForm, formset=CameForms, extra=4, max_num=300)  # type: ignore[assignment] # the stubs forget which formset


class MinutesForm(forms.Form):
    """What was said."""

    minutes = forms.CharField(
        label=_("Minutes"),
        help_text=_("Name entities, not people. Agreements are written afterwards, each with its date."),
        widget=forms.Textarea({"rows": 10}),
        max_length=50_000,
        required=False,
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    """Why a meeting does not take place."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000)
    edition = forms.IntegerField(widget=forms.HiddenInput)


class AgreementForm(forms.Form):
    """What was agreed, by whom to be done, until when."""

    words = forms.CharField(label=_("What was agreed"), widget=forms.Textarea({"rows": 3}), max_length=2000)
    responsible = forms.ModelChoiceField(Organisation.objects.none(), label=_("Responsible entity"))
    due_on = forms.DateField(label=_("Until"), widget=DAY)

    def __init__(self, data: Any, *, entities: QuerySet[Organisation]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["responsible"].queryset = entities


class DoneForm(forms.Form):
    """When it was done, and what shows it."""

    done_on = forms.DateField(label=_("Done on"), widget=DAY)
    words = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 2}), max_length=2000, required=False)


class ReopenForm(forms.Form):
    """Why it is not done after all."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), max_length=2000)


class CommentForm(forms.Form):
    """A comment."""

    words = forms.CharField(label=_("Your comment"), widget=forms.Textarea({"rows": 3}), max_length=LONGEST)
