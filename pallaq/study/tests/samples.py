"""A small dataset in which nothing is wrong, as freezing takes it."""

from functools import cache

import pyarrow as pa
from django.conf import settings

from pallaq.study.models import Study
from pallaq.study.rules.dataset import Dataset
from pallaq.study.rules.loading import load_study
from pallaq.study.rules.reconstruction import reconstruct

GOLD = "women-and-men-of-gold"


def rows(*answers: str) -> Dataset:
    """Return one respondent of Puno for each answer."""
    count = len(answers)
    columns = {
        "respondent": [f"R{number}" for number in range(count)],
        "region": ["21"] * count,
        "profile": ["women"] * count,
        "enough_ppe": list(answers),
    }
    return Dataset(GOLD, pa.table(columns), synthetic=True, warnings=())


def gold(**fields: object) -> Study:
    """Return the row of the study Women and Men of Gold, whose files are in the repository."""
    title = {"es": "Mujeres y hombres de oro", "en": "Women and Men of Gold"}
    return Study.objects.create(**{"code": GOLD, "title": title, "public": True, **fields})


@cache
def respondents() -> Dataset:
    """Return the 854 respondents that the study's printed percentages are reconstructed as."""
    columns = reconstruct(load_study(settings.STUDIES / GOLD))
    table = pa.table(
        {name: pa.array([value or None for value in values], pa.string()) for name, values in columns.items()}
    )
    return Dataset(GOLD, table, synthetic=True, warnings=())
