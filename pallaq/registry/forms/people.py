"""What is asked of a person: to register her, and to edit her."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.accounts.models import User
from pallaq.places.rules import district, from_reniec
from pallaq.registry.actions.people import FIELDS, Numbered, check_birth, checked_number
from pallaq.registry.forms.activities import ActivityFields
from pallaq.registry.forms.comparing import EditionForm, as_error
from pallaq.registry.forms.fields import DayField, DistrictField, district_labels, holder_names
from pallaq.registry.models import IdentifierKind, Person, Purpose, Sex
from pallaq.registry.perms import EDITS, regions
from pallaq.shared.fields import uuid7

LANGUAGES: dict[str, Promise] = {"es": lazy("Spanish"), "qu": lazy("Quechua"), "ay": lazy("Aymara")}
WHO = ("given_names", "paternal_surname", "maternal_surname", "sex", "birth_on", "languages", "other_languages")
WHERE = ("place", "place_reniec", "address", "phone")
# The words that she agrees to, version 1 (`Consent.wording`): change one, and the version counts up.
CONSENT_WORDS: dict[str, Promise] = {
    Purpose.REGISTRY: lazy("She agrees to be on the registry: the authority keeps these data to know who selects."),
    Purpose.STATISTICS: lazy("She agrees to be counted in statistics, which never show who she is."),
    Purpose.CARD: lazy("She agrees to have a card that a buyer, a bank or an officer can verify."),
    Purpose.MARKET: lazy("She agrees that her production and her sales are recorded."),
    Purpose.LENDERS: lazy("She agrees that her income is shown to the lenders she names, each time she asks for it."),
    Purpose.MINISTRIES: lazy("She agrees to be known to the ministries she names."),
}


class PersonForm(EditionForm):
    """What is said of a person herself; `edition` is the one of her file that was read."""

    given_names = forms.CharField(label=lazy("Given names"), max_length=100)
    paternal_surname = forms.CharField(label=lazy("Paternal surname"), max_length=60)
    maternal_surname = forms.CharField(
        label=lazy("Maternal surname"), help_text=lazy("Empty if her document has one alone."), max_length=60
    )
    sex = forms.ChoiceField(label=lazy("Sex, as her document says"), choices=Sex.choices, widget=forms.RadioSelect)
    birth_on = DayField(label=lazy("Date of birth"), help_text=lazy("Empty if it is not known."), required=False)
    languages = forms.MultipleChoiceField(
        label=lazy("Languages she speaks"),
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    other_languages = forms.CharField(
        label=lazy("Other languages"),
        help_text=lazy("Codes of two or three letters (ISO 639) with blanks between: “cni” for Asháninka."),
        max_length=60,
        required=False,
    )
    place = DistrictField(label=lazy("District where she lives"), required=False)
    place_reniec = forms.CharField(
        label=lazy("Or the code printed on her DNI"),
        help_text=lazy("RENIEC's six digits; Pallaq turns them into INEI's. Only if the district above is empty."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        max_length=6,
        required=False,
    )
    address = forms.CharField(label=lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(
        label=lazy("Phone"),
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
        max_length=30,
        required=False,
    )

    def __init__(self, data: Any = None, *, user: User, person: Person | None = None) -> None:
        self.regions = regions(user, *EDITS)
        super().__init__(data, initial=shown(person) if person else None)
        self.fields["maternal_surname"].required = False
        self.districts = district_labels(self.regions)

    def clean_other_languages(self) -> str:
        """Return the codes with blanks between."""
        codes = self.cleaned_data["other_languages"].lower().replace(",", " ").split()
        for code in codes:
            if not re.fullmatch(r"[a-z]{2,3}", code):
                message = _("“%(code)s” is no code of a language: it has two or three letters.")
                raise ValidationError(message % {"code": code[:20]}, code="language")
        return " ".join(codes)

    def clean_birth_on(self) -> date | None:
        """Hold the date against what can be."""
        born: date | None = self.cleaned_data["birth_on"]
        with as_error():
            if born:
                check_birth(born, timezone.localdate())
        return born

    def clean_phone(self) -> str:
        """Return the phone as it is typed, if it can be one."""
        phone: str = self.cleaned_data["phone"]
        if phone and (not re.fullmatch(r"\+?[\d\s().-]+", phone) or sum(map(str.isdigit, phone)) < 6):
            message = _("This is no phone number: it has at least six digits, and no letters.")
            raise ValidationError(message, code="phone")
        return phone

    def clean(self) -> dict[str, Any]:
        """Take the district from the DNI's code where it is given so, and hold it against where one may work."""
        given = super().clean() or {}
        reniec = given.get("place_reniec", "").strip()
        if "place" in given and not given["place"] and reniec:
            given["place"] = from_reniec(reniec)
            if not given["place"]:
                self.add_error("place_reniec", _("RENIEC has no district of this code. Look at the DNI again."))
        elif "place" in given and not given["place"]:
            self.add_error("place", _("Say in which district she lives, by its name or by the DNI's code."))
        self.check_region(given.get("place", ""))
        return given

    def check_region(self, place: str) -> None:
        """Refuse a district in which this desk does not register."""
        if place and district(place) and self.regions is not None and place[:2] not in self.regions:
            message = _("Your desk does not register people of that region. A desk there does, or one of the country.")
            self.add_error("place", ValidationError(message, code="other-region"))

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields under the headings of the page."""
        found = {_("Who she is"): WHO, _("Where she lives"): WHERE}
        return [(title, [self[name] for name in names]) for title, names in found.items()]

    def fields_of(self) -> dict[str, Any]:
        """Return what the actions take of a person."""
        given = self.cleaned_data
        languages = list(dict.fromkeys([*given["languages"], *given["other_languages"].split()]))
        return {**{name: given[name] for name in FIELDS - {"languages"}}, "languages": languages}


class EditForm(PersonForm):
    """A person who is on the registry: she may move to another region, which takes her file there."""

    def check_region(self, place: str) -> None:
        """Let her move anywhere."""


class RegisterForm(PersonForm, ActivityFields):
    """A new person: herself, one document, what she does, and what she agrees to.

    `key` is made when the page is: the same page sent twice is the same person.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    document_kind = forms.ModelChoiceField(IdentifierKind.objects.none(), label=lazy("Document"), required=False)
    document_number = forms.CharField(
        label=lazy("Number of the document"),
        help_text=lazy("Empty if she has none at hand; it can be added later."),
        widget=forms.TextInput({"autocomplete": "off"}),
        max_length=40,
        required=False,
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, user=user)
        kinds: Any = self.fields["document_kind"]
        kinds.queryset = IdentifierKind.objects.all()
        kinds.initial = IdentifierKind.objects.filter(of_person=True).first()
        self.fields["key"].initial = uuid7
        self.fields["edition"].required = False
        self.fields["activity_kind"].required = self.fields["permission"].required = False
        self.holders = holder_names()
        for purpose in Purpose:
            self.fields[f"consent_{purpose}"] = forms.BooleanField(label=str(CONSENT_WORDS[purpose]), required=False)

    def clean_key(self) -> UUID:
        """Return the key under which she is registered, however often the page is sent."""
        key: UUID | None = self.cleaned_data["key"]
        return key or uuid7()

    def clean_document_number(self) -> str:
        """Hold the number against the shape of its kind."""
        kind, number = self.cleaned_data.get("document_kind"), str(self.cleaned_data["document_number"])
        if number and not kind:
            raise ValidationError(_("Say which document this number is of."), code="no-kind")
        with as_error():
            if number and kind:
                checked_number(Numbered(kind.pk, number))
        return number

    def clean_consent_registry(self) -> bool:
        """Ask for her consent to be here."""
        if not self.cleaned_data["consent_registry"]:
            message = _("Without her consent to be on the registry she is not registered. Ask her, and mark it.")
            raise ValidationError(message, code="no-consent")
        return True

    def client_key(self) -> UUID:
        """Return the key that the page came with."""
        key: UUID = self.cleaned_data["key"]
        return key

    def numbers(self) -> list[Numbered]:
        """Return her document, if one was given."""
        kind, number = self.cleaned_data["document_kind"], self.cleaned_data["document_number"]
        return [Numbered(kind.pk, number)] if number else []

    def consents(self) -> list[Purpose]:
        """Return what she agreed to."""
        return [purpose for purpose in Purpose if self.cleaned_data[f"consent_{purpose}"]]

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields under the headings of the page."""
        found = {
            _("Who she is"): [*WHO],
            _("Her document"): ["document_kind", "document_number"],
            _("Where she lives"): [*WHERE],
            _("What she does"): [name for name in ActivityFields.base_fields if name != "edition"],
            _("What she agrees to"): [f"consent_{purpose}" for purpose in Purpose],
        }
        return [(title, [self[name] for name in names]) for title, names in found.items()]


def shown(person: Person) -> dict[str, Any]:
    """Return a person as the form shows her."""
    found: dict[str, Any] = {name: getattr(person, name) for name in FIELDS}
    found["languages"] = [code for code in person.languages if code in LANGUAGES]
    found["other_languages"] = " ".join(code for code in person.languages if code not in LANGUAGES)
    return {**found, "edition": person.edition}
