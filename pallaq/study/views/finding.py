"""What an address names, if she may see it."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal
from pallaq.study import perms
from pallaq.study.models import Release, Study


def study_or_refuse(request: HttpRequest, code: str) -> Study:
    """Return the study with this code; to whoever may not see it, it does not exist."""
    study = Study.objects.filter(code=code).first()
    if study is None or not perms.can_see_study(request.user, study):
        message = _("There is no study “%(study)s” that you may see. Look at the list of studies, or log in.")
        raise Refusal(message % {"study": code}, code="no-study", status=404)
    return study


def release_or_refuse(request: HttpRequest, code: str, number: int) -> Release:
    """Return a release whose page she may open."""
    study = study_or_refuse(request, code)
    release = study.releases.seen_by(request.user).filter(number=number).first()
    if release is None:
        message = _("There is no release %(number)s that you may see. Look at the list of releases, or log in.")
        raise Refusal(message % {"number": number}, code="no-release", status=404)
    return release
