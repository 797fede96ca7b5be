"""What people are asked about a node of the chain, and about a version."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.places.models import Organisation
from pallaq.plan.models import Node, PartRole, Version
from pallaq.plan.outline import regions_of
from pallaq.plan.rules.cells import words

LANGUAGES = {"es": lazy("Spanish"), "en": lazy("English")}
TEXTS: dict[str, tuple[Any, Any, int]] = {
    "title": (lazy("Title"), lazy("What it is, in few words."), 2),
    "description": (lazy("Description"), lazy("Modules of a training, entities to link, anything that helps."), 3),
    "note": (lazy("Editor's note"), lazy("What a reader must know about the text: where the print slips."), 2),
}
MARKERS = [
    ("", lazy("not judged yet")),
    ("0", lazy("0: gender equality is not targeted")),
    ("1", lazy("1: significant: it matters, and is not the main reason")),
    ("2", lazy("2: principal: it would not be done without it")),
]
EMPTY_ROWS, MOST_ROWS = 3, 300  # of entities
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class NodeForm(forms.Form):
    """A node, in both languages; `edition` is the one that was read. Entities are asked in rows, some of them empty."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(
        label=lazy("Code"),
        help_text=lazy("Short, for good: “1.1”. It never stands for anything else in this plan."),
        max_length=40,
    )
    legal_basis = forms.CharField(label=lazy("Legal basis"), max_length=200, required=False)
    gender_marker = forms.TypedChoiceField(
        label=lazy("Gender marker"),
        help_text=lazy("The OECD's mark for how far an action is about gender equality."),
        choices=MARKERS,
        coerce=int,
        empty_value=None,
        required=False,
    )
    starts_on = forms.DateField(label=lazy("Starts on"), widget=DAY, required=False)
    ends_on = forms.DateField(label=lazy("Ends on"), widget=DAY, required=False)
    budget = forms.DecimalField(label=lazy("Budget"), max_digits=14, decimal_places=2, required=False)
    regions = forms.MultipleChoiceField(label=lazy("Regions"), widget=forms.CheckboxSelectMultiple, required=False)
    districts = forms.CharField(
        label=lazy("Districts"),
        help_text=lazy("INEI codes of six digits, with blanks between: 211002 040308."),
        max_length=2000,
        required=False,
    )

    def __init__(self, data: Any, *, version: Version, node: Node | None = None) -> None:
        self.version, self.node = version, node
        super().__init__(data, initial=shown(node) if node else None)
        for name, (label, help_text, rows) in TEXTS.items():
            for code, spoken in LANGUAGES.items():
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label} ({spoken})",
                    help_text=help_text,
                    widget=forms.Textarea({"rows": rows}),
                    max_length=4000,
                    required=False,
                )
        self.add_rows(data)
        language = get_language() or "es"
        regions = sorted((words(text, language), code) for code, text in regions_of(version.plan).items())
        self.fields["regions"].choices = [(code, name) for name, code in regions]  # type: ignore[attr-defined]
        self.fields["budget"].help_text = _("In %(currency)s, for all its years.") % {"currency": version.plan.currency}
        if node:
            self.fields["code"].disabled = True
        self.order_fields(["edition", "code", *(f"{name}_{code}" for name in TEXTS for code in LANGUAGES)])

    def add_rows(self, data: Any) -> None:
        """Add a row for each entity with its role, and some empty ones."""
        self.entities = {str(one.pk): one for one in Organisation.objects.all()}
        sent = sum(name.startswith("entity_") for name in data or ())
        self.rows = min(sent or len(self.initial.get("parts", ())) + EMPTY_ROWS, MOST_ROWS)
        named = [("", _("nobody")), *((key, one.name) for key, one in self.entities.items())]
        for row in range(self.rows):
            label = _("Entity %(number)s") % {"number": row + 1}
            self.fields[f"entity_{row}"] = forms.ChoiceField(label=label, choices=named, required=False)
            label = _("Role of entity %(number)s") % {"number": row + 1}
            self.fields[f"role_{row}"] = forms.ChoiceField(label=label, choices=PartRole.choices, required=False)

    def one_by_one(self) -> Iterator[forms.BoundField]:
        """Yield the fields that are not of a row of entities."""
        yield from (self[name] for name in self.fields if not name.startswith(("entity_", "role_", "edition")))

    def part_rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Yield entity and role, row by row."""
        yield from ((self[f"entity_{row}"], self[f"role_{row}"]) for row in range(self.rows))

    def parts(self) -> list[tuple[Organisation, str]]:
        """Return the entities with their roles; an empty row says nothing."""
        given = [
            (self.cleaned_data.get(f"entity_{row}"), self.cleaned_data.get(f"role_{row}")) for row in range(self.rows)
        ]
        return [(self.entities[key], role or PartRole.RESPONSIBLE) for key, role in given if key]

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        given = self.cleaned_data
        found = {name: given[name] for name in ("legal_basis", "gender_marker", "starts_on", "ends_on", "budget")}
        for name in TEXTS:
            texts = {code: given[f"{name}_{code}"].strip() for code in LANGUAGES}
            # What a plan says in a third language is kept: the form asks for two.
            kept = {key: text for key, text in getattr(self.node, name, {}).items() if key not in LANGUAGES}
            found[name] = {**kept, **{code: text for code, text in texts.items() if text}}
        found["parts"] = self.parts()
        found["places"] = [*given["regions"], *given["districts"].replace(",", " ").split()]
        return found

    def compare(self, current: Node) -> Iterator[tuple[str, str, str]]:
        """Yield label, what was typed and what stands there now, of each field in which the two differ."""
        now = shown(current)
        labels = {field.name: field.label for field in self.one_by_one() if field.name != "code"}
        typed = {**self.cleaned_data, "parts": self.parts()}
        for name, label in {**labels, "parts": _("Entities")}.items():
            mine, theirs = self.words(name, typed.get(name)), self.words(name, now.get(name))
            if mine != theirs:
                yield str(label), mine, theirs

    def read_again(self, now: Node) -> None:
        """Let what is sent next time overwrite what it says now, knowingly."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
        sent["edition"] = str(now.edition)
        self.data = sent

    def words(self, name: str, value: Any) -> str:
        """Return a field's value as a text to compare."""
        if name == "parts":
            roles = dict(PartRole.choices)
            return ", ".join(sorted(f"{entity} ({roles[role]})" for entity, role in set(value)))
        choices = {key: str(label) for key, label in getattr(self.fields[name], "choices", ())}
        if isinstance(value, list):
            return ", ".join(sorted(str(choices.get(one, one)) for one in value))
        return "" if value is None else str(choices.get(str(value), value)).strip()


def shown(node: Node) -> dict[str, Any]:
    """Return a node as the form shows it."""
    fields = ("legal_basis", "gender_marker", "starts_on", "ends_on", "budget", "edition")
    found: dict[str, Any] = {"code": node.item.code, **{name: getattr(node, name) for name in fields}}
    found |= {f"{name}_{code}": getattr(node, name).get(code, "") for name in TEXTS for code in LANGUAGES}
    found["parts"] = [(part.organisation, part.role) for part in node.parts.select_related("organisation")]
    for row, (entity, role) in enumerate(found["parts"]):
        found |= {f"entity_{row}": str(entity.pk), f"role_{row}": role}
    places, regions = [place.place for place in node.places.all()], regions_of(node.version.plan)
    found["regions"] = [place for place in places if place in regions]
    found["districts"] = " ".join(place for place in places if place not in regions)
    return found


class AmendForm(forms.Form):
    """Why a plan is amended."""

    reason = forms.CharField(
        label=lazy("Reason"),
        help_text=lazy("It stands beside the new version for good."),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )


class SureForm(forms.Form):
    """That something is meant."""

    sure = forms.BooleanField(label=lazy("I am sure"))
