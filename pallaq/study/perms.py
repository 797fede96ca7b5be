"""Who may see and do what in a study, by role, study and region."""

from pallaq.accounts.models import User
from pallaq.accounts.perms import Person, is_administrator
from pallaq.study.models import Membership, Release, Role, Study


def memberships(user: Person, study: Study) -> list[Membership]:
    """Return the roles she holds in the study."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return [membership for membership in user.memberships.all() if membership.study_id == study.code]


def has_role(user: Person, study: Study, *roles: Role) -> bool:
    """Say whether she holds one of the roles in the study; an administrator holds every role."""
    return is_administrator(user) or any(membership.role in roles for membership in memberships(user, study))


def can_see_study(user: Person, study: Study) -> bool:
    """Anyone sees a public study; others are for its members."""
    return study.public or has_role(user, study, *Role)


def can_see_release(user: Person, release: Release) -> bool:
    """Say whether she may open the release's page, which outlives a withdrawal to say why."""
    return release.is_open() or has_role(user, release.study, *Role)


def can_read_release(user: Person, release: Release) -> bool:
    """Say whether she may read its figures: nobody reads a withdrawn release."""
    return release.withdrawn_at is None and can_see_release(user, release)


def can_download_data(user: Person, release: Release) -> bool:
    """Say whether she may take its rows away. A coordinator of one region never gets another region's people."""
    if not can_read_release(user, release):
        return False
    return release.is_open() or can_see_all_regions(user, release.study)


def can_see_all_regions(user: Person, study: Study) -> bool:
    """Say whether any of her roles is not bound to a region."""
    return is_administrator(user) or any(not membership.region for membership in memberships(user, study))


def can_upload(user: Person, study: Study) -> bool:
    """Researchers and field coordinators bring datasets."""
    return has_role(user, study, Role.RESEARCHER, Role.COORDINATOR)


def upload_regions(user: Person, study: Study) -> frozenset[str] | None:
    """Return the regions whose rows she may bring; None for all of them."""
    if has_role(user, study, Role.RESEARCHER):
        return None
    mine = [membership for membership in memberships(user, study) if membership.role == Role.COORDINATOR]
    if any(not membership.region for membership in mine):
        return None
    return frozenset(membership.region for membership in mine)


def can_freeze(user: Person, study: Study) -> bool:
    """Researchers freeze, publish and withdraw releases."""
    return has_role(user, study, Role.RESEARCHER)


def can_publish(user: Person, study: Study) -> bool:
    """Researchers decide what may be read without login."""
    return can_freeze(user, study)


def can_withdraw(user: Person, study: Study) -> bool:
    """Researchers withdraw, with a reason."""
    return can_freeze(user, study)


def audit_scopes(user: Person) -> list[str] | None:
    """Return the studies whose trail she may read: None for everything, an empty list for nothing."""
    if is_administrator(user):
        return None
    if not isinstance(user, User):
        return []
    return [membership.study_id for membership in user.memberships.all() if membership.role == Role.RESEARCHER]
