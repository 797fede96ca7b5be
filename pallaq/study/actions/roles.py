"""Roles: given and taken, in a study and perhaps in one region of it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.study.models import Membership, Role, Study
from pallaq.study.rules.loading import load_study

DEMO_REGION = "21"  # Puno, by INEI's code


@transaction.atomic
def give_role(*, user: User, study: Study, role: Role, region: str = "", by: User | None) -> Membership:
    """Give her a role in a study; in the same study and region it replaces the one she had."""
    if region and role != Role.COORDINATOR:
        message = _("Only a field coordinator is bound to a region. Leave the region empty for this role.")
        raise Refusal(message, code="role-with-region")
    if region and region not in load_study(study.source_folder()).region.codes():
        raise Refusal(_("The study has no such region. Choose another one."), code="unknown-region")
    membership, _made = Membership.objects.update_or_create(
        user=user, study=study, region=region, defaults={"role": role}
    )
    record(by=by, action="role.give", scope=study.code, about=f"user {user.pk}", role=role, region=region)
    return membership


@transaction.atomic
def take_role(*, membership: Membership, by: User) -> None:
    """Take a role from her."""
    facts = {"role": membership.role, "region": membership.region}
    record(by=by, action="role.take", scope=membership.study_id, about=f"user {membership.user_id}", **facts)
    membership.delete()


@transaction.atomic
def make_demo_users(logins: Iterable[tuple[str, str, str]], *, study: Study) -> list[User]:
    """Make the users of a demonstration, (e-mail, role, password) each, once; the coordinator gets one region.

    Whoever calls makes sure that this is no production: the passwords are printed at every start.
    """
    made = []
    for email, role, password in logins:
        if User.objects.filter(email=email).exists():
            continue
        name = email.split("@")[0].capitalize()
        user = User.objects.create_user(email, name, password, is_administrator=role == "administrator")
        record(by=None, action="user.demo", about=f"user {user.pk}", role=role)
        if role != "administrator":
            region = DEMO_REGION if role == Role.COORDINATOR else ""
            give_role(user=user, study=study, role=Role(role), region=region, by=None)
        made.append(user)
    return made
