"""An estimate or gap of a frozen release becomes an indicator with its baselines."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.baselines.rules.taking import Figure
from pallaq.plan.actions.indicators import add_indicator, set_baseline
from pallaq.plan.models import Indicator, Node
from pallaq.plan.models.indicators import Origin
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.study.models import Release


@transaction.atomic
def take_figures(
    *, node: Node, code: str, release: Release, figures: Sequence[Figure], by: User, **fields: Any
) -> Indicator:
    """Add an indicator whose baselines are figures of a release; `fields` are those of its sheet.

    Three more name the baselines: `year`, `source` and `design`. Figures that must not be taken are left out.
    """
    common: dict[str, Any] = {name: fields.pop(name) for name in ("year", "source", "design")}
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if release.withdrawn_at is not None:
        message = _("Release %(number)s was withdrawn, so nothing is taken from it. Look at the study's releases.")
        raise Refusal(message % {"number": release.number}, code="release-withdrawn", status=409)
    taken = [figure for figure in figures if not figure.why and figure.value is not None]
    if not taken:
        message = _(
            "Nothing of this can be taken: its figures are hidden, assumed, or of groups the plan does not know."
        )
        raise Refusal(message, code="nothing-to-take")
    indicator = add_indicator(node=node, code=code, by=by, **fields)
    for figure in taken:
        numbers: dict[str, Any] = {name: getattr(figure, name) for name in ("value", "n", "low", "high", "se", "df")}
        numbers |= {"release": release, "sha256": release.sha256, "estimate": figure.id, "origin": Origin.STUDY}
        set_baseline(indicator=indicator, cell=figure.cell, by=by, **numbers, **common)
    facts = {"release": str(release.pk), "sha256": release.sha256, "baselines": len(taken)}
    about = f"indicator {indicator.item.code}"
    record(by=by, action="indicator.from_study", scope=node.version.plan.scope, about=about, **facts)
    return indicator
