"""Our words as codes of IATI 2.03: https://iatistandard.org/en/iati-standard/203/codelists/"""

from collections.abc import Collection
from datetime import date

MEASURES = {"percentage": "2", "variation_rate": "2"}  # IndicatorMeasure; all others are 1, a unit
SUMMED = frozenset({"number", "quantity"})  # what may be added up over parts
RESULTS = {"action": "1", "result": "2", "objective": "3"}  # ResultType: output, outcome, impact
ROLES = {"funds": "1", "responsible": "2", "takes_part": "4"}  # OrganisationRole
ORGANISATIONS = {  # OrganisationType; a kind without one of its own is 90, other
    "ministry": "10",
    "regional": "11",
    "local": "11",
    "service": "15",
    "finance": "70",
    "mining": "70",
}
OTHER = "90"
GENERAL, OBJECTIVES, MORE = "1", "2", "4"  # DescriptionType
PLANNED_START, PLANNED_END = "1", "3"  # ActivityDateType
PIPELINE, IMPLEMENTATION, COMPLETION = "1", "2", "3"  # ActivityStatus
NATIONAL, SEVERAL_REGIONS, ONE_REGION, ONE_PLACE = "4", "5", "6", "8"  # ActivityScope
ORIGINAL, REVISED = "1", "2"  # BudgetType
INDICATIVE, COMMITTED = "1", "2"  # BudgetStatus
EXPENDITURE = "4"  # TransactionType
PARENT, CHILD = "1", "2"  # RelatedActivityType
DAC, GENDER = "1", "1"  # PolicyMarkerVocabulary, PolicyMarker
OWN_VOCABULARY = "99"  # SectorVocabulary: the reporting organisation's


def status(starts: date | None, ends: date | None, today: date, approved: bool) -> str:
    """Return where an activity stands by its dates; a draft is in the pipeline."""
    if not approved or (starts and starts > today):
        return PIPELINE
    return COMPLETION if ends and ends < today else IMPLEMENTATION


def scope(places: Collection[str]) -> str:
    """Return how wide an activity is: its places are regions, or districts by a six-digit ubigeo."""
    if not places:
        return NATIONAL
    if len(places) > 1:
        return SEVERAL_REGIONS
    return ONE_PLACE if len(next(iter(places))) == 6 else ONE_REGION
