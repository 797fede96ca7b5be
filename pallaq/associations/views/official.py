"""Mining rights, states in the RECPO and plants, as a desk writes them down."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.associations import perms
from pallaq.associations.actions.official import add_holding, add_recpo, end_holding, save_plant
from pallaq.associations.forms.official import HoldingForm, PlantForm, RecpoForm
from pallaq.associations.forms.people import EndForm
from pallaq.associations.models import Holding, Plant
from pallaq.associations.views.finding import EDIT, Words, answered, organisation_or_refuse, row_or_refuse
from pallaq.places.models import Organisation

RIGHT = Words(lazy("Add a mining right"), lazy("The mining right is added."), lazy("Add"))
RIGHT_END = Words(lazy("End it"), lazy("It has its last day."), lazy("End"))
RECPO = Words(
    lazy("Write down its state in the RECPO"),
    lazy("The state is written."),
    lazy("Save"),
    lazy("What was stays below."),
)
PLANT_ADD = Words(lazy("Add a plant"), lazy("The plant is added."), lazy("Add"))
PLANT_EDIT = Words(lazy("Change a plant"), lazy("The plant is saved."), lazy("Save"))


def to_edit(request: HttpRequest, key: UUID) -> Organisation:
    """Return the organisation with this key for whoever writes what the registry knows of it."""
    found = organisation_or_refuse(request, key)
    refuse_unless(perms.can_edit_facts(request.user, found))
    return found


@EDIT
@login_required
def right_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down that an organisation holds or operates a mining right."""
    found = to_edit(request, key)
    form = HoldingForm(request.POST or None, organisation=found, said_on=timezone.localdate())

    def verb() -> None:
        fields, by = form.fields_of(), signed_in(request)
        add_holding(organisation=found, edition=form.read_edition(), fields=fields, by=by)

    return answered(request, found, form, verb, RIGHT)


@EDIT
@login_required
def right_end(request: HttpRequest, key: UUID, holding: UUID) -> HttpResponse:
    """Write down until when an organisation held or operated a right."""
    found = to_edit(request, key)
    rows = Holding.objects.filter(organisation=found).select_related("right", "organisation")
    row = row_or_refuse(rows, holding)
    form = EndForm(request.POST or None, organisation=found, on=timezone.localdate())
    note = f"{row.right.code} · {row.right.name} · {row.get_part_display()}"
    words = Words(RIGHT_END.title, RIGHT_END.saved, RIGHT_END.button, note)

    def verb() -> None:
        end_holding(holding=row, edition=form.read_edition(), on=form.cleaned_data["on"], by=signed_in(request))

    return answered(request, found, form, verb, words)


@EDIT
@login_required
def recpo_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down an organisation's state in the RECPO."""
    found = to_edit(request, key)
    form = RecpoForm(request.POST or None, organisation=found, said_on=timezone.localdate())

    def verb() -> None:
        fields, by = form.fields_of(), signed_in(request)
        add_recpo(organisation=found, edition=form.read_edition(), fields=fields, by=by)

    return answered(request, found, form, verb, RECPO)


@EDIT
@login_required
def plant(request: HttpRequest, key: UUID, plant: UUID | None = None) -> HttpResponse:
    """Add a plant, or change it."""
    found = to_edit(request, key)
    row: Plant | None = row_or_refuse(Plant.objects.filter(organisation=found), plant) if plant else None
    form = PlantForm(request.POST or None, organisation=found, plant=row)

    def verb() -> None:
        fields, by = form.fields_of(), signed_in(request)
        save_plant(organisation=found, edition=form.read_edition(), plant=row, fields=fields, by=by)

    return answered(request, found, form, verb, PLANT_EDIT if row else PLANT_ADD)
