"""How the audit trail is narrowed down."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pallaq.accounts.models import User
from pallaq.shared.models import AuditEvent
from pallaq.web.trail import ACTIONS


class AuditForm(forms.Form):
    """Who, what, since when, until when; empty for everything."""

    by = forms.ModelChoiceField(User.objects.all(), label=_("Who"), required=False, empty_label=_("everybody"))
    action = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, data: Any, *, people: QuerySet[User]) -> None:
        super().__init__(data)
        self.fields["by"].queryset = people  # type: ignore[attr-defined] # the stubs know only Field here
        self.fields["action"].choices = [("", _("everything")), *ACTIONS.items()]  # type: ignore[attr-defined] # likewise

    def chosen(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Return the events that match; none when the form is wrong."""
        if not self.is_valid():
            return events.none()
        names = {"by": "by", "action": "action", "since": "at__date__gte", "until": "at__date__lte"}
        wanted = {names[name]: value for name, value in self.cleaned_data.items() if value}
        return events.filter(**wanted)
