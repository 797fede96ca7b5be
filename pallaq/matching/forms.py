"""What is asked of whoever compares."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from pallaq.matching.actions.merging import Choice
from pallaq.matching.actions.pairs import LONGEST
from pallaq.matching.actions.registering import Decision
from pallaq.matching.comparing import Line
from pallaq.matching.models import Pair, PairState


class DecisionForm(forms.Form):
    """The candidates that a registrar saw, and how she knows that the woman before her is none of them."""

    decision = forms.ChoiceField(choices=[(one, one) for one in ("another", "back")], required=False)
    seen = forms.CharField(required=False)
    why = forms.CharField(
        label=_("How do you know that she is another person?"),
        help_text=_("Her document, what she says, who knows both. She and whoever decides later can read it."),
        widget=forms.Textarea({"rows": 3}),
        max_length=LONGEST,
        required=False,
    )

    def clean_seen(self) -> frozenset[UUID]:
        """Return the keys of the candidates shown; what is no key was not shown."""
        found = set()
        for part in self.cleaned_data["seen"].split():
            try:
                found.add(UUID(part))
            except ValueError:
                continue
        return frozenset(found)

    def decision_made(self) -> Decision | None:
        """Return the decision, if one was made."""
        given = self.cleaned_data
        return Decision(given["seen"], given["why"]) if given["decision"] == "another" else None


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Documents seen, what she says. Whoever looks later reads it."),
        widget=forms.Textarea({"rows": 2}),
        max_length=LONGEST,
    )


class MergeForm(WhyForm):
    """Which file is kept, and which of its fields take the other's value."""

    kept = forms.ChoiceField(label=_("Which file is kept?"), widget=forms.RadioSelect)
    editions = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, pair: Pair, lines: list[Line]) -> None:
        super().__init__(data, label_suffix="")
        self.pair = pair
        people = (pair.first, pair.second)
        names = [(str(person.pk), f"{person.name()} · {person.number}") for person in people]
        field: Any = self.fields["kept"]
        field.choices = names
        field.initial = str(older(pair))
        self.fields["editions"].initial = f"{pair.first.edition} {pair.second.edition}"
        self.asked = [line for line in lines if line.field and len({cell.words for cell in line.cells}) > 1]
        for line in self.asked:
            choices = [(key, cell.words or "—") for (key, _name), cell in zip(names, line.cells, strict=True)]
            self.fields[f"of_{line.field}"] = forms.ChoiceField(
                label=line.label, choices=choices, widget=forms.RadioSelect, initial=self.filled(line)
            )

    def filled(self, line: Line) -> str:
        """Return whose value is offered: the kept file's, unless it says nothing."""
        keys = [str(self.pair.first_id), str(self.pair.second_id)]
        offered = str(older(self.pair))
        return offered if line.cells[keys.index(offered)].words else keys[1 - keys.index(offered)]

    def field_choices(self) -> list[forms.BoundField]:
        """Return the questions of whose value a field takes."""
        return [self[f"of_{line.field}"] for line in self.asked]

    def clean_editions(self) -> dict[UUID, int]:
        """Return the editions of both files as they were read; nonsense counts as never."""
        read = [int(part) if part.isdecimal() else 0 for part in self.cleaned_data["editions"].split()]
        return dict(zip((self.pair.first_id, self.pair.second_id), [*read, 0, 0], strict=False))

    def choice(self) -> Choice:
        """Return what the action takes."""
        given = self.cleaned_data
        taken = {line.field for line in self.asked if given[f"of_{line.field}"] != given["kept"]}
        return Choice(UUID(given["kept"]), frozenset(taken), given["editions"])


class QueueForm(forms.Form):
    """What of the queue is shown."""

    state = forms.ChoiceField(label=_("Decision"), choices=PairState.choices, required=False)
    page = forms.IntegerField(min_value=1, required=False)


def older(pair: Pair) -> UUID:
    """Return the row that is offered to be kept: the one registered first."""
    person = min((pair.first, pair.second), key=lambda one: (one.made_at, one.pk))
    return person.pk
