"""The terms that the pages use, in the reader's language; GLOSSARY.md has them all, for those who write code."""

from django.utils.translation import gettext_lazy as _

TERMS = (
    (
        _("Selector, pallaquera"),
        _("A woman who picks gold ore by hand from what a mine throws away."),
    ),
    (
        _("Woman miner, man miner"),
        _("Someone who works in or with a mining unit: director, partner, worker, professional, authority, official."),
    ),
    (_("Profile"), _("One of the groups that a study compares: selectors, women miners, men miners.")),
    (_("Share"), _("The part of the people asked who gave the counted answer, in per cent.")),
    (
        _("Gap"),
        _("The share of one group minus the share of the reference, mostly men, in percentage points."),
    ),
    (
        _("Advantage, disadvantage"),
        _("Whom the gap favours, by the answer that is good for the person. It sets words and colour, never a number."),
    ),
    (
        _("Kind of gap"),
        _("Access, participation, resources, services, opportunities or benefits: the study's own definition."),
    ),
    (
        _("Interval"),
        _(
            "Between these two numbers the share may lie. In a quota sample it holds only as if people had been drawn"
            " at random; a census has none."
        ),
    ),
    (
        _("Could be chance"),
        _("With this many people, a gap this wide appears by chance too often to be sure of it."),
    ),
    (_("p adjusted"), _("How often chance alone would give such a gap, allowing for the many gaps tested at once.")),
    (_("Pooled"), _("A total in which every person counts once.")),
    (
        _("Mean of profiles"),
        _("A total in which every profile weighs the same, whatever its size. The printed study uses it at times."),
    ),
    (_("n"), _("How many people stand under a share.")),
    (
        _("Hidden, imprecise"),
        _("Too few people: the figure is not shown, so that nobody can be recognised, or it is shown with a warning."),
    ),
    (
        _("Synthetic"),
        _("Made by a computer so that it gives back the printed percentages. No real person answered."),
    ),
    (
        _("Assumed"),
        _("A value that the study did not print and that had to be chosen. It never enters a gap, a chart or a map."),
    ),
    (
        _("Release"),
        _(
            "A frozen dataset with a number and a fingerprint (sha256). It can be withdrawn, with a reason,"
            " never changed."
        ),
    ),
)
