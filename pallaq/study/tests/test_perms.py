"""Rights by role, study and region, where pages alone do not show them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.study import perms
from pallaq.study.actions import give_role, make_demo_users
from pallaq.study.models import Release, Role, Study
from pallaq.study.tests.samples import gold

pytestmark = pytest.mark.django_db


def release(study: Study, number: int, *, public: bool) -> Release:
    facts = {"sha256": str(number) * 64, "file_name": "a.csv", "rows": 1, "synthetic": True}
    return Release.objects.create(study=study, number=number, public=public, frozen_at=timezone.now(), **facts)


def with_role(study: Study, role: Role, *regions: str) -> User:
    user = person(f"{role}{'-'.join(regions)}")
    for region in regions or ("",):
        give_role(user=user, study=study, role=role, region=region, by=None)
    return user


@pytest.mark.parametrize("public_study", [True, False])
def test_the_list_and_the_single_answer_agree(public_study: bool) -> None:
    study = gold(public=public_study)
    made = [release(study, number, public=number % 2 == 0) for number in (1, 2, 3)]
    people = [AnonymousUser(), person(), administrator(), *(with_role(study, role) for role in Role)]
    for user in people:
        one_by_one = {one for one in made if perms.can_see_release(user, one)}
        assert set(Release.objects.seen_by(user)) == one_by_one
    assert {one.number for one in made if perms.can_see_release(AnonymousUser(), one)} == (
        {2} if public_study else set()
    )


def test_a_coordinator_brings_her_regions_and_takes_nobody_elses_rows() -> None:
    study = gold(public=False)
    private = release(study, 1, public=False)
    ines, everywhere = with_role(study, Role.COORDINATOR, "20", "21"), with_role(study, Role.COORDINATOR)
    assert perms.upload_regions(ines, study) == {"20", "21"}
    assert perms.upload_regions(everywhere, study) is None
    assert perms.upload_regions(with_role(study, Role.RESEARCHER), study) is None
    assert (perms.can_read_release(ines, private), perms.can_download_data(ines, private)) == (True, False)
    assert perms.can_download_data(everywhere, private)


def test_nobody_reads_what_was_withdrawn() -> None:
    study, ana = gold(), administrator()
    gone = release(study, 1, public=True)
    gone.withdrawn_at, gone.withdrawn_by, gone.withdrawn_reason = timezone.now(), ana, "wrong"
    gone.save()
    for user in (AnonymousUser(), ana):
        assert not perms.can_read_release(user, gone)
        assert not perms.can_download_data(user, gone)
        assert perms.can_see_release(user, gone)


def test_a_deactivated_person_may_do_nothing() -> None:
    study = gold(public=False)
    rosa = with_role(study, Role.RESEARCHER)
    rosa.is_active = False
    assert not perms.can_upload(rosa, study)
    assert not perms.can_see_study(rosa, study)


def test_it_makes_demonstration_logins_once() -> None:
    study = gold()
    logins = [
        ("admin@example.org", "administrator", "una clave de prueba"),
        ("campo@example.org", "coordinator", "una clave de prueba"),
    ]
    admin, coordinator = make_demo_users(logins, study=study)
    assert admin.is_administrator
    assert perms.upload_regions(coordinator, study) == {"21"}
    assert make_demo_users(logins, study=study) == []
    browser = client_of(None)
    browser.post("/account/login/", {"login": "campo@example.org", "password": "una clave de prueba"})
    assert browser.session["_auth_user_id"] == str(coordinator.pk)
