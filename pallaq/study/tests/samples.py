"""A small dataset in which nothing is wrong, as freezing takes it."""

from dataclasses import dataclass

import pyarrow as pa

from pallaq.study.models import Study

GOLD = "women-and-men-of-gold"


@dataclass(frozen=True)
class Rows:
    """What freezing needs of a checked dataset."""

    table: pa.Table
    synthetic: bool = True


def rows(*answers: str) -> Rows:
    """Return one respondent of Puno for each answer."""
    count = len(answers)
    columns = {
        "respondent": [f"R{number}" for number in range(count)],
        "region": ["21"] * count,
        "profile": ["women"] * count,
        "enough_ppe": list(answers),
    }
    return Rows(pa.table(columns))


def gold(**fields: object) -> Study:
    """Return the row of the study Women and Men of Gold, whose files are in the repository."""
    title = {"es": "Mujeres y hombres de oro", "en": "Women and Men of Gold"}
    return Study.objects.create(**{"code": GOLD, "title": title, "public": True, **fields})
