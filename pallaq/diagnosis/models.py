"""A diagnosis of a release: its state while it runs, its document and files when it is done."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pallaq.report.rules.document import Document
from pallaq.study.models import Release


class State(models.TextChoices):
    """Where a diagnosis stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Diagnosis(models.Model):
    """One run of the statistics on one frozen release."""

    release = models.OneToOneField(Release, models.CASCADE, primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=40, blank=True)  # what is being done, a code
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    document = models.JSONField(null=True)
    made_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(document__isnull=False),
                name="diagnosis_done_has_a_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.state}"

    def content(self) -> Document:
        """Return the document as values; ValueError before the diagnosis is done."""
        if self.document is None:
            raise ValueError(f"the diagnosis of release {self.release_id} is {self.state}")
        return Document.from_dict(self.document)

    def folder(self, language: str) -> Any:
        """Return where the files of one language lie ("es" or "en")."""
        return settings.DATA / "diagnoses" / self.release.study_id / str(self.release.number) / language
