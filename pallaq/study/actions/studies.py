"""Studies become known by their folders."""

from pathlib import Path

from django.db import transaction

from pallaq.accounts.models import User
from pallaq.shared.models import record
from pallaq.study.models import Study
from pallaq.study.rules.loading import load_study


@transaction.atomic
def register_studies(*, folder: Path, featured: str = "", by: User | None = None) -> list[Study]:
    """Make or update the row of every study in the folder; the featured one, or else the first, is on the home page.

    Files that do not load are refused with everything that is wrong in them, and no row changes.
    """
    definitions = [load_study(path.parent) for path in sorted(folder.glob("*/study.yaml"))]
    codes = [definition.code for definition in definitions]
    shown = featured if featured in codes else next(iter(codes), "")
    studies = []
    for definition in definitions:
        values = {
            "title": dict(definition.title),
            "public": definition.public,
            "featured": definition.code == shown,
        }
        study, made = Study.objects.update_or_create(code=definition.code, defaults=values)
        studies.append(study)
        if made:
            record(by=by, action="study.register", about=study.code, scope=study.code, public=study.public)
    return studies
