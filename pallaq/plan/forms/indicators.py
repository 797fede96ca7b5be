"""What people are asked about indicators: the reference sheet, baselines, targets, and what to look for."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.plan.models import Frequency, Indicator, Node, Version
from pallaq.plan.models.indicators import SenseChoice, UnitChoice
from pallaq.plan.rules.cells import words
from pallaq.plan.rules.chain import MEASURED

LANGUAGES = {"es": _("Spanish"), "en": _("English")}
# name: label, help, rows. Each is asked in both languages.
TEXTS: dict[str, tuple[Any, Any, int]] = {
    "title": (_("Title"), _("What is measured, in few words: “Selectors with protective equipment”."), 1),
    "definition": (_("Definition"), _("What exactly is counted and of whom, so that two people count alike."), 3),
    "measured_in": (_("Measured in"), _("What the numbers count: people, soles, percentage points."), 1),
    "numerator": (_("Numerator"), _("What stands above the line of the formula."), 2),
    "denominator": (_("Denominator"), _("What stands below it; empty where nothing is divided."), 2),
    "method": (_("Source and method"), _("Where the data come from and how they are collected."), 3),
    "limits": (_("Quality controls and limits"), _("Who checks the figure, how, and what it cannot say."), 3),
}
# The ten fields of a reference sheet, in order; baselines (8) and targets (9) have pages of their own.
SECTIONS: list[tuple[Any, tuple[str, ...]]] = [
    (_("1. Title and code"), ("code", "node", "title")),
    (_("2. Definition"), ("definition",)),
    (_("3. Unit and formula"), ("unit", "measured_in", "numerator", "denominator")),
    (_("4. Disaggregation"), ("disaggregation",)),
    (_("5. Source and method"), ("method",)),
    (_("6. Responsible"), ("responsible",)),
    (_("7. Frequency and deadline"), ("frequency", "deadline_days")),
    (_("9. Targets"), ("sense",)),
    (_("10. Quality controls and limits"), ("limits",)),
]


class NodeField(forms.TypedChoiceField):
    """An objective, result or action of a version, by its code."""

    def __init__(self, version: Version, **options: Any) -> None:
        nodes = version.nodes.of_kind(*MEASURED).select_related("item").order_by("item__kind", "position")
        by_code = {node.item.code: node for node in nodes}
        choices = [("", "---"), *((code, f"{code} {node.name()}"[:90]) for code, node in by_code.items())]
        super().__init__(choices=choices, coerce=by_code.__getitem__, **options)


class SheetForm(forms.Form):
    """The reference sheet, with help for each field; `edition` is the one that was read."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(
        label=_("Code"), help_text=_("Short, for good: “I1”. It never stands for anything else."), max_length=40
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        help_text=_("One of CEPLAN's seven. “Number” counts people or things; “quantity” is any measure."),
        choices=UnitChoice.choices,
    )
    disaggregation = forms.MultipleChoiceField(
        label=_("Broken down by"),
        help_text=_("Each level may then have its own baseline, targets and values."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    responsible = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=_("Responsible"),
        help_text=_("The entity that reports the value."),
        required=False,
    )
    frequency = forms.ChoiceField(
        label=_("Frequency"),
        help_text=_("Targets and values are then for years or for quarters, never for both."),
        choices=Frequency.choices,
    )
    deadline_days = forms.IntegerField(
        label=_("Days to report"),
        help_text=_("After a period has ended. Later than this it counts as late."),
        min_value=0,
        max_value=3650,
        initial=60,
    )
    sense = forms.ChoiceField(
        label=_("Sense"),
        help_text=_("Leave it empty: it follows from the targets. Declare it only where they go up and down."),
        choices=[("", _("follows from the targets")), *SenseChoice.choices],
        required=False,
    )

    def __init__(self, data: Any, *, version: Version, indicator: Indicator | None = None, node: str = "") -> None:
        super().__init__(data, initial=as_fields(indicator) if indicator else {"node": node})
        self.indicator, self.theirs = indicator, as_fields(indicator) if indicator else {}
        self.fields["node"] = NodeField(
            version, label=_("Stands beside"), help_text=_("The objective, result or action that it measures.")
        )
        dimensions: Mapping[str, Any] = version.plan.dimensions
        language = get_language() or "es"
        named = [(code, words(dimension.get("title"), language) or code) for code, dimension in dimensions.items()]
        self.fields["disaggregation"].choices = named  # type: ignore[attr-defined] # the stubs know only Field here
        for name, (label, help_text, rows) in TEXTS.items():
            for code, language_name in LANGUAGES.items():
                widget = forms.TextInput() if rows == 1 else forms.Textarea({"rows": rows})
                widget.attrs["lang"] = code
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label} ({language_name})",
                    help_text=help_text if code == next(iter(LANGUAGES)) else "",
                    widget=widget,
                    max_length=300 if rows == 1 else 4000,
                    required=False,
                )
        if indicator:
            del self.fields["code"]

    def sections(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Yield the sheet's headings, each with its fields."""
        for heading, names in SECTIONS:
            wanted = [
                part
                for name in names
                for part in ([f"{name}_{code}" for code in LANGUAGES] if name in TEXTS else [name])
            ]
            yield heading, [self[name] for name in wanted if name in self.fields]

    def values(self) -> dict[str, Any]:
        """Return what was answered as the fields of the table; words in other languages are kept."""
        kept = {name: value for name, value in self.cleaned_data.items() if name in self.base_fields or name == "node"}
        kept.pop("edition")
        for name in TEXTS:
            old = dict(getattr(self.indicator, name)) if self.indicator else {}
            said = {code: self.cleaned_data[f"{name}_{code}"] for code in LANGUAGES}
            kept[name] = {code: text for code, text in {**old, **said}.items() if text}
        return kept

    def compare(self, saved: Indicator) -> list[dict[str, Any]]:
        """Return the fields in which what was typed differs from what somebody else saved, with both."""
        theirs = as_fields(saved)
        data = cast(QueryDict, self.data).copy()
        data["edition"] = str(saved.edition)  # saving again is then a decision, not an accident
        self.data = data
        return [
            {"field": self[name], "saved": self.readable(name, value), "typed": self.readable(name, self.cleaned(name))}
            for name, value in theirs.items()
            if name in self.fields and name != "edition" and self.cleaned(name) != value
        ]

    def cleaned(self, name: str) -> Any:
        """Return what was typed, as `as_fields` gives what is saved."""
        value = self.cleaned_data.get(name)
        if isinstance(value, Node):
            return value.item.code
        return value.pk if isinstance(value, Organisation) else value

    def readable(self, name: str, value: Any) -> str:
        """Return a saved answer as people read it."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, list):
            return ", ".join(str(choices.get(one, one)) for one in value) or gettext("empty")
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            found = field.queryset.filter(**{field.to_field_name or "pk": value}).first() if field.queryset else None
            return field.label_from_instance(found) if found else gettext("empty")
        return str(choices.get(value, value)) or gettext("empty")


def as_fields(indicator: Indicator) -> dict[str, Any]:
    """Return an indicator as the sheet's form holds it."""
    plain = ("edition", "unit", "disaggregation", "frequency", "deadline_days", "sense")
    found = {name: getattr(indicator, name) for name in plain}
    found |= {"node": indicator.node.item.code, "responsible": indicator.responsible_id}
    return found | {f"{name}_{code}": getattr(indicator, name).get(code, "") for name in TEXTS for code in LANGUAGES}


class FilterForm(forms.Form):
    """What to look for among the indicators of a version."""

    words = forms.CharField(label=_("Find an indicator"), required=False, max_length=100)
    node = forms.ChoiceField(label=_("Beside"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=[("", _("all units")), *UnitChoice.choices], required=False)
    without = forms.ChoiceField(
        label=_("Lacking"),
        choices=[
            ("", _("with and without")),
            ("baselines", _("without baseline")),
            ("targets", _("without target")),
        ],
        required=False,
    )

    def __init__(self, data: Any, *, version: Version) -> None:
        super().__init__(data)
        self.nodes = list(version.nodes.of_kind("level", *MEASURED).select_related("item").order_by("position"))
        named = [(node.item.code, f"{node.item.code} {node.name()}"[:60]) for node in self.nodes]
        self.fields["node"].choices = [("", gettext("the whole plan")), *named]  # type: ignore[attr-defined] # likewise

    def of(self, indicators: QuerySet[Indicator]) -> QuerySet[Indicator]:
        """Return those that were asked for; an answer that is none of the choices asks for nothing."""
        asked = self.cleaned_data if self.is_valid() else {**self.cleaned_data}
        if found := asked.get("words", "").strip():
            in_title = [Q(**{f"title__{code}__icontains": found}) for code in LANGUAGES]
            indicators = indicators.filter(in_title[0] | in_title[1] | Q(item__code__icontains=found))
        if asked.get("node"):
            indicators = indicators.filter(node__in=self.below(asked["node"]))
        if asked.get("unit"):
            indicators = indicators.filter(unit=asked["unit"])
        if asked.get("without"):
            indicators = indicators.filter(**{f"{asked['without']}__isnull": True})
        return indicators

    def below(self, code: str) -> list[Any]:
        """Return the keys of a node and of all below it."""
        found = {node.pk for node in self.nodes if node.item.code == code}
        for _kind in MEASURED:
            found |= {node.pk for node in self.nodes if node.parent_id in found}
        return list(found)
