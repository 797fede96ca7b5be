"""Puts a diagnosis written by hand into the database, as if its release had been diagnosed."""

from django.utils import timezone

from pallaq.diagnosis.models import Diagnosis, State
from pallaq.report.rules.document import Document
from pallaq.study.models import Release, Study


def load(document: Document, *, number: int = 1, public: bool = True, featured: bool = False) -> Diagnosis:
    values = {"title": dict(document.title), "public": public, "featured": featured}
    study, _made = Study.objects.get_or_create(code=document.study, defaults=values)
    release = Release.objects.create(
        study=study,
        number=number,
        sha256=f"{number:x}".rjust(64, "a"),
        file_name="responses.csv",
        rows=document.data.rows,
        synthetic=document.synthetic,
        public=public,
        frozen_at=timezone.now(),
    )
    return Diagnosis.objects.create(
        release=release, state=State.DONE, document=document.to_dict(), made_at=timezone.now()
    )
