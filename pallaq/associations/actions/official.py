"""What a desk writes down of an organisation: mining rights, its state in the RECPO, its plants."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.actions.files import change, check_district, one_line
from pallaq.associations.models import Holding, MercuryFree, MiningRight, Plant, RecpoState
from pallaq.associations.rules.dates import check_past, check_span, shown
from pallaq.places.models import Organisation
from pallaq.registry.rules.identifiers import cleaned
from pallaq.shared.encryption import ring
from pallaq.shared.errors import Refusal

PLANT = ("name", "district", "mercury_free", "starts_on", "source", "checked_on")


def add_holding(
    *, organisation: Organisation, edition: int | None, fields: Mapping[str, Any], by: User | None
) -> Holding:
    """Write down that an organisation holds or operates a mining right; a right that is new here needs its name."""
    values = dict(fields)
    code, name, place = cleaned(values.pop("code")), one_line(values.pop("name")), values.pop("district")
    check_span(values["starts_on"], values["ends_on"])
    check_past(timezone.localdate(), values["starts_on"], values["said_on"])
    with change(organisation, edition, action="organisation.right_add", by=by) as facts:
        right = MiningRight.objects.filter(code=code).first()
        if right is None:
            if not (name and place):
                message = _("This mining right is new here: write its name and its district too.")
                raise Refusal(message, code="right-unknown")
            check_district(place)
            right = MiningRight.objects.create(
                code=code, name=name, district=place, source=values["source"], changed_by=by
            )
        holding: Holding = Holding.objects.create(organisation=organisation, right=right, changed_by=by, **values)
        facts |= {"right": right.code, "part": holding.part, "said_on": holding.said_on.isoformat()}
    return holding


def end_holding(*, holding: Holding, edition: int | None, on: date, by: User | None) -> None:
    """Write down the last day on which an organisation held or operated a right."""
    with change(holding.organisation, edition, action="organisation.right_end", by=by) as facts:
        holding = Holding.objects.select_for_update(of=("self",)).select_related("right").get(pk=holding.pk)
        if holding.ends_on is not None:
            raise Refusal(_("This has its last day already."), code="holding-over", status=409)
        check_span(holding.starts_on, on)
        check_past(timezone.localdate(), on)
        facts |= {"right": holding.right.code, "part": holding.part, "to": on.isoformat()}
        holding.ends_on, holding.changed_by, holding.changed_at = on, by, timezone.now()
        holding.save()


def add_recpo(
    *, organisation: Organisation, edition: int | None, fields: Mapping[str, Any], by: User | None
) -> RecpoState:
    """Write down an organisation's state in the RECPO from a day on; the state before ends on the day before."""
    values = {**fields, "number": cleaned(fields["number"])}
    check_span(values["starts_on"], None)
    check_past(timezone.localdate(), values["starts_on"], values["said_on"])
    with change(organisation, edition, action="organisation.recpo", by=by) as facts:
        last = RecpoState.objects.filter(organisation=organisation).first()
        if last and last.starts_on and last.starts_on >= values["starts_on"]:
            message = _("A state from %(day)s on is known. What was written stays: choose a later first day.")
            raise Refusal(message % {"day": shown(last.starts_on)}, code="recpo-once", status=409)
        if last and last.ends_on is None:
            last.ends_on, last.changed_by, last.changed_at = values["starts_on"] - timedelta(1), by, timezone.now()
            last.save()
        index = ring().index(values["number"], "recpo") if values["number"] else None
        state: RecpoState = RecpoState.objects.create(
            organisation=organisation, number_index=index, changed_by=by, **values
        )
        facts |= {"before": last.state if last else "", "after": state.state, "from": state.starts_on.isoformat()}  # type: ignore[union-attr] # checked by the form
    return state


def save_plant(
    *, organisation: Organisation, edition: int | None, plant: Plant | None, fields: Mapping[str, Any], by: User | None
) -> Plant:
    """Add a benefit plant, or change it; that it works with or without mercury needs a source and a day."""
    values = {**fields, "name": one_line(fields["name"]), "source": one_line(fields["source"])}
    check_district(values["district"])
    if values["mercury_free"] != MercuryFree.UNKNOWN and not (values["source"] and values["checked_on"]):
        message = _("Say who found out about the mercury, and on which day; or leave it as not known.")
        raise Refusal(message, code="plant-source")
    check_past(timezone.localdate(), values["starts_on"], values["checked_on"])
    check_span(values["starts_on"], values["checked_on"])
    action = "organisation.plant_edit" if plant else "organisation.plant_add"
    with change(organisation, edition, action=action, by=by) as facts:
        row = Plant.objects.select_for_update(of=("self",)).get(pk=plant.pk) if plant else Plant()
        facts |= {"plant": str(row.pk), "before": row.mercury_free if plant else "", "after": values["mercury_free"]}
        for name in PLANT:
            setattr(row, name, values[name])
        row.organisation, row.changed_by, row.changed_at = organisation, by, timezone.now()
        row.save(force_insert=plant is None)
    return row
