"""Who may see and do what with authorisations: the desk of her region, and the holder for her own organisation."""

from uuid import UUID

from django.db.models import Q

from pallaq.accounts.perms import Person as Visitor
from pallaq.permits.models import Authorisation, Certificate, Side
from pallaq.permits.models.authorisations import AuthorisationQuerySet, current
from pallaq.permits.models.certificates import CertificateQuerySet
from pallaq.registry import perms as registry
from pallaq.registry.models import Person, Role

CERTIFICATES = (Role.OFFICER, Role.AUDITOR)  # how much gold she sells is no registrar's matter


def organisations(user: Visitor) -> frozenset[UUID]:
    """Return the organisations for which she acts as holder."""
    return frozenset(
        seat.organisation_id
        for seat in registry.seats(user)
        if seat.role == Role.HOLDER and seat.organisation_id is not None
    )


def may_enter(user: Visitor) -> bool:
    """Holders, and whoever looks people up, see a list of authorisations."""
    return registry.can_search(user) or bool(organisations(user))


def sees_certificates(user: Visitor) -> bool:
    """Holders, officers and auditors see certificates: they say how much gold somebody sells."""
    return bool(organisations(user)) or registry.has_role(user, *CERTIFICATES)


def only_holder(user: Visitor) -> bool:
    """Say whether she sees selectors only by what stands on authorisations of her organisation."""
    return bool(organisations(user)) and not registry.can_search(user)


def of_hers(user: Visitor, person: str, *roles: Role) -> Q:
    """Return the rows of her organisations, or of regions where she has a role; `person` is the way to the person."""
    mine = Q(holder__in=sorted(organisations(user)))
    regions = registry.regions(user, *roles)
    # An always true Q for the whole country; Q() would say nothing beside an "or".
    return Q(pk__isnull=False) if regions is None else mine | Q(**{f"{person}__region__in": sorted(regions)})


def authorisations_seen_by(user: Visitor) -> AuthorisationQuerySet:
    """Return the authorisations that she may see; `can_see` says the same of one."""
    return Authorisation.objects.filter(of_hers(user, "person", *registry.READS))


def certificates_seen_by(user: Visitor) -> CertificateQuerySet:
    """Return the certificates that she may see."""
    return Certificate.objects.filter(of_hers(user, "authorisation__person", *CERTIFICATES))


def whose(authorisation: Authorisation | Certificate) -> Person:
    """Return the person it is about, as the registry knows her today: a row that was merged stands for another."""
    return current(authorisation.person)


def is_holder(user: Visitor, authorisation: Authorisation | Certificate) -> bool:
    """Say whether she acts for its holder."""
    return authorisation.holder_id in organisations(user)


def is_desk(user: Visitor, authorisation: Authorisation | Certificate) -> bool:
    """Registrars and officers of her region record for her what was signed or said on paper."""
    return registry.can_edit(user, whose(authorisation))


def is_officer(user: Visitor, authorisation: Authorisation | Certificate) -> bool:
    """Officers of her region write down what a holder answered on paper."""
    return registry.can_decide(user, whose(authorisation).region)


def can_see(user: Visitor, authorisation: Authorisation) -> bool:
    """Say whether she may see it."""
    return is_holder(user, authorisation) or registry.can_see(user, whose(authorisation))


def can_see_certificates(user: Visitor, authorisation: Authorisation | Certificate) -> bool:
    """The holder, and officers and auditors of her region, see the certificates of an authorisation."""
    return is_holder(user, authorisation) or registry.holds_in(user, whose(authorisation).region, *CERTIFICATES)


def can_open_file(user: Visitor, authorisation: Authorisation | Certificate) -> bool:
    """Say whether she may open the selector's file; a holder may not."""
    return registry.can_see(user, whose(authorisation))


def can_answer(user: Visitor, authorisation: Authorisation | Certificate) -> bool:
    """The holder offers, refuses, issues and cancels; an officer does it for a holder who answered on paper."""
    return is_holder(user, authorisation) or is_officer(user, authorisation)


def can_act(user: Visitor, authorisation: Authorisation) -> bool:
    """The holder and the desk renew, withdraw and end."""
    return is_holder(user, authorisation) or is_desk(user, authorisation)


def sides(user: Visitor, authorisation: Authorisation) -> list[Side]:
    """Return on whose behalf she may refuse or withdraw; the desk writes down what the selector says."""
    found: list[Side] = [Side.HOLDER] if can_answer(user, authorisation) else []
    return [*found, Side.SELECTOR] if is_desk(user, authorisation) else found


def exportable_by(user: Visitor) -> CertificateQuerySet:
    """Return what she may take out: the holder her own register, an officer allowed to export her region's."""
    mine = Q(holder__in=sorted(organisations(user)))
    if registry.can_export(user):
        regions = registry.export_regions(user)
        mine |= Q(pk__isnull=False) if regions is None else Q(authorisation__person__region__in=sorted(regions))
    return Certificate.objects.filter(mine)


def can_export(user: Visitor) -> bool:
    """Say whether there is a register that she may take out."""
    return bool(organisations(user)) or registry.can_export(user)
