"""The audit trail is only ever added to: the database itself refuses anything else."""

import pytest
from django.db import DatabaseError, transaction

from pallaq.shared.models import AuditEvent, record


@pytest.mark.django_db
def test_it_refuses_to_change_or_delete_an_event() -> None:
    event = record(by=None, action="release.freeze", about="release 1", scope="a-study", rows=854)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(action="nothing")
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        event.delete()
    assert AuditEvent.objects.get().action == "release.freeze"
