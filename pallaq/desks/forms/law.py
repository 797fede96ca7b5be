"""What administrators are asked about norms, schemes and kinds of identifiers."""

import re
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from pallaq.desks.actions.law import reading
from pallaq.registry.forms.registrations import day_field
from pallaq.registry.models import Certainty, Norm, Scheme, State
from pallaq.registry.rules.identifiers import CHECKS
from pallaq.registry.rules.states import DEFAULT

LANGUAGES = ("es", "en")


def code_field() -> forms.CharField:
    """Return the field of a code that addresses and imports name a record by."""
    help_text = _("Small letters, digits and dashes; it never changes.")
    return forms.CharField(label=_("Code"), max_length=40, validators=[validate_slug], help_text=help_text)


class DatedForm(forms.Form):
    """What every record of the law says: its name, its norm, its source, how sure we are, its days."""

    title_es = forms.CharField(label=_("Name in Spanish"), max_length=200)
    title_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    norm = forms.CharField(label=_("Norm"), max_length=200, required=False, help_text=_("DS 018-2018-EM"))
    source = forms.URLField(
        label=_("Source"), max_length=500, required=False, assume_scheme="https", help_text=_("Where it can be read.")
    )
    certainty = forms.ChoiceField(label=_("How sure we are"), choices=Certainty.choices, initial=Certainty.UNKNOWN)
    valid_from = day_field(_("Valid from"), _("Empty: not known."))
    valid_to = day_field(_("Valid to"), _("Empty: not known, or no end."))
    note_es = forms.CharField(
        label=_("Note in Spanish"), widget=forms.Textarea({"rows": 2}), max_length=1000, required=False
    )
    note_en = forms.CharField(
        label=_("Note in English"), widget=forms.Textarea({"rows": 2}), max_length=1000, required=False
    )

    def texts(self, name: str) -> dict[str, str]:
        """Return a text in the languages that were filled in."""
        return {code: text for code in LANGUAGES if (text := self.cleaned_data[f"{name}_{code}"].strip())}

    def fields_of(self, *names: str) -> dict[str, Any]:
        """Return the record's fields, with its own `names`."""
        dated = ("norm", "source", "certainty", "valid_from", "valid_to")
        found = {name: self.cleaned_data[name] for name in (*dated, *names)}
        return {**found, "title": self.texts("title"), "note": self.texts("note")}


class NormForm(DatedForm):
    """A value from a day on."""

    field_order = ("code", "title_es", "title_en", "scheme", "value", "unit")
    code = code_field()
    scheme = forms.ModelChoiceField(
        Scheme.objects.all(), label=_("Scheme"), required=False, empty_label=_("for all schemes")
    )
    value = forms.DecimalField(
        label=_("Value"),
        max_digits=16,
        decimal_places=4,
        required=False,
        help_text=_("Empty: not known. Never 0 for that."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False, help_text=_("g, months, days, years"))

    def __init__(self, data: Any, *, like: Norm | None = None) -> None:
        super().__init__(data, initial=said_of(like, "code", "unit", "scheme") if like else None)

    def record(self) -> dict[str, Any]:
        """Return what was typed."""
        return self.fields_of("code", "scheme", "value", "unit")


class EndForm(forms.Form):
    """The last day of a record."""

    on = day_field(_("Last day on which it holds"), required=True)


class KindForm(DatedForm):
    """A kind of identifier."""

    field_order = ("code", "title_es", "title_en", "of_person", "pattern", "shape_es", "shape_en", "check_rule")
    code = code_field()
    of_person = forms.BooleanField(
        label=_("An identity document"), required=False, help_text=_("One person has one, and it tells duplicates.")
    )
    pattern = forms.CharField(
        label=_("Form of the number"), max_length=100, required=False, help_text=_(r"A regular expression: \d{8}")
    )
    shape_es = forms.CharField(
        label=_("That form in Spanish"), max_length=200, required=False, help_text=_("“ocho cifras”")
    )
    shape_en = forms.CharField(
        label=_("That form in English"), max_length=200, required=False, help_text=_("“eight digits”")
    )
    check_rule = forms.ChoiceField(
        label=_("Check digit"),
        choices=[("", _("has none")), *((name, name.upper()) for name in CHECKS)],
        required=False,
    )

    def clean_pattern(self) -> str:
        """Refuse what is no regular expression."""
        pattern: str = self.cleaned_data["pattern"]
        try:
            re.compile(pattern)
        except re.error as error:
            raise forms.ValidationError(_("This is no regular expression. Leave it empty if unsure.")) from error
        return pattern

    def record(self) -> dict[str, Any]:
        """Return what was typed."""
        return {**self.fields_of("code", "of_person", "pattern", "check_rule"), "shape": self.texts("shape")}


class SchemeForm(DatedForm):
    """A scheme, with a row of marks for each state: what may follow it."""

    field_order = ("code", "title_es", "title_en", "authority", "places")
    code = code_field()
    authority = forms.CharField(label=_("Authority"), max_length=200)
    places = forms.CharField(
        label=_("Where it holds"),
        max_length=2000,
        required=False,
        help_text=_(
            "INEI codes of departments (2 digits), provinces (4) or districts (6), with spaces; empty: everywhere."
        ),
    )
    read = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, data: Any, *, scheme: Scheme | None) -> None:
        initial: dict[str, Any] = {}
        if scheme:
            initial = said_of(scheme, "code", "authority", "valid_from", "valid_to", "norm", "source", "certainty")
            initial |= {"places": " ".join(scheme.places), "read": reading(scheme), **noted(scheme)}
        super().__init__(data, initial=initial)
        transitions = (scheme.transitions if scheme else None) or DEFAULT
        for before in ("", *State.values):
            following = [(after.value, after.label) for after in State if after.value != before]
            self.fields[f"from_{before}"] = forms.MultipleChoiceField(
                label=State(before).label if before else _("a registration begins"),
                choices=following,
                required=False,
                initial=transitions.get(before, []),
                widget=forms.CheckboxSelectMultiple,
            )
        if scheme:
            self.fields["code"].disabled = True

    def changes(self) -> list[Any]:
        """Return the rows of marks."""
        return [self[name] for name in self.fields if name.startswith("from_")]

    def others(self) -> list[Any]:
        """Return all other fields."""
        return [field for field in self.visible_fields() if not field.name.startswith("from_")]

    def clean_places(self) -> list[str]:
        """Return the codes one by one."""
        return sorted(set(re.split(r"[\s,;]+", self.cleaned_data["places"].strip())) - {""})

    def record(self) -> dict[str, Any]:
        """Return what was typed."""
        marks = {before: self.cleaned_data[f"from_{before}"] for before in ("", *State.values)}
        return {**self.fields_of("code", "authority", "places"), "transitions": marks}

    def read_again(self, now: Scheme) -> None:
        """Let what is sent next time be saved over what the scheme says now, knowingly."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["read"] = reading(now)
        self.data = sent


def said_of(row: Norm | Scheme, *names: str) -> dict[str, Any]:
    """Return what a record says, for the fields of a form."""
    titles = {f"title_{code}": row.title.get(code, "") for code in LANGUAGES}
    return {**titles, **{name: getattr(row, name) for name in names}}


def noted(row: Scheme) -> dict[str, str]:
    """Return a record's notes, for the fields of a form."""
    return {f"note_{code}": row.note.get(code, "") for code in LANGUAGES}
