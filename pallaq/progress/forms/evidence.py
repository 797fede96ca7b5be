"""What people are asked about evidence."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files import File
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pallaq.shared.kinds import ENDINGS


def help_words() -> str:
    """Return what files are kept."""
    words = {
        "kinds": ", ".join(ending.removeprefix(".").upper() for ending in ENDINGS),
        "limit": settings.EVIDENCE_LIMIT // 2**20,
        "all": settings.UPLOAD_LIMIT // 2**20,
    }
    return gettext("%(kinds)s; at most %(limit)d MB each, %(all)d MB together. You can choose several.") % words


class FilesInput(forms.ClearableFileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files."""

    def __init__(self, **kwargs: Any) -> None:
        widget = FilesInput({"accept": ",".join(ENDINGS)})
        # An empty file is refused by the verb, whose words say which one it is.
        super().__init__(widget=widget, help_text=lazy(help_words, str)(), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[File[bytes]]:
        """Return the files, each checked as one."""
        files = data if isinstance(data, list) and data else [None]
        return [one for file in files if (one := super(FilesField, self).clean(file, initial))]


class EvidenceForm(forms.Form):
    """Files that show that something is so."""

    attached = FilesField(label=_("Files"))
    title = forms.CharField(
        label=_("Title"),
        help_text=_("What it shows. Empty: the file's name. No names of people."),
        max_length=200,
        required=False,
    )


class RemoveForm(forms.Form):
    """Why a file is removed."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The file is deleted and cannot be brought back; that it was there, and this reason, stay."),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )
