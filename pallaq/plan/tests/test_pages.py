"""The pages of a plan: the list, the chain, a node, versions, seats, organisations."""

import gzip

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.places.models import Organisation
from pallaq.plan.actions.nodes import add_node, edit_node
from pallaq.plan.actions.organisations import reading
from pallaq.plan.actions.versions import open_amendment
from pallaq.plan.models import Item, Node, NodePlace, Part, Role, Seat
from pallaq.plan.outline import Search, outline
from pallaq.plan.tests.samples import CODE, Small, small

pytestmark = pytest.mark.django_db


def page(browser: Client, name: str, *more: object, **query: str) -> str:
    address = reverse(f"plan:{name}", args=[CODE, *more])
    answer = browser.get(address, query)
    assert answer.status_code == 200, (answer.status_code, answer.content.decode()[:300])
    return answer.content.decode()


def drafted(made: Small) -> Small:
    made.version = open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    made.nodes = {node.item.code: node for node in made.version.nodes.select_related("item")}
    return made


def test_the_chain_shows_every_node_with_entities_and_places() -> None:
    made = small()
    shown = page(client_of(made.planner), "plan")
    for code, node in made.nodes.items():
        assert f"{code} en castellano" in shown
        assert reverse("plan:node", args=[CODE, node.item.code]) in shown
    assert "Minem" in shown
    assert "Puno" in shown
    assert "Pallaqueras con equipo" in shown


def test_the_chain_takes_the_same_queries_however_long(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = small(approved=False)
    for number in range(30):
        add_node(
            version=made.version,
            kind="action",
            code=f"9.{number}",
            parent=made.nodes["R1"],
            by=None,
            title={"es": "Otra"},
            parts=[(made.health, "takes_part")],
            places=["04"],
        )
    with django_assert_num_queries(5):
        [root] = outline(made.version)
    assert len(root.children[0].children[0].children) == 32


def test_the_page_of_a_thousand_nodes_takes_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    made = small(approved=False)
    items = Item.objects.bulk_create(Item(plan=made.plan, kind="action", code=f"9.{n}") for n in range(1000))
    nodes = Node.objects.bulk_create(
        Node(version=made.version, item=item, parent=made.nodes["R1"], title={"es": f"Acción {item.code}"})
        for item in items
    )
    Part.objects.bulk_create(Part(node=node, organisation=made.health, role="takes_part") for node in nodes)
    NodePlace.objects.bulk_create(NodePlace(node=node, place="21") for node in nodes)
    browser = client_of(made.planner)
    with django_assert_max_num_queries(30):
        short = page(browser, "plan")
    assert "1003" in short
    assert "Acción 9.999" not in short
    with django_assert_max_num_queries(30):
        whole = page(browser, "plan", whole="yes")
    assert whole.count("Diresa Puno (") == 1001
    assert len(gzip.compress(whole.encode())) < 100_000
    assert "Acción 9.999" in page(browser, "plan", words="9.999")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(words="1.2 EN CASTELLANO"), {"1.2"}),
        (Search(region="21"), {"1.2", "1.2.1"}),  # what hangs under a place happens there
        (Search(level="national", words="1.1"), {"1.1"}),
        (Search(level="elsewhere"), set()),
        (Search(words="pallaqueras"), {"R1"}),
        (Search(words="nada de esto"), set()),
    ],
)
def test_a_search_keeps_what_answers_and_the_way_to_it(search: Search, found: set[str]) -> None:
    hits = set()

    def walk(branches: list) -> None:
        for branch in branches:
            if branch.hit:
                hits.add(branch.node.item.code)
            walk(branch.children)

    walk(outline(small().version, search))
    assert hits == found


def test_an_entity_s_search_finds_what_hangs_under_its_part() -> None:
    made = small()
    [root] = outline(made.version, Search(entity=str(made.health.pk)))
    [action] = root.children[0].children[0].children
    assert action.node.item.code == "1.2"
    assert [child.node.item.code for child in action.children] == ["1.2.1"]


def test_whoever_has_no_seat_sees_no_plan() -> None:
    made = small()
    stranger = client_of(person("Marta"))
    for name in ("plan", "versions", "seats"):
        assert stranger.get(reverse(f"plan:{name}", args=[CODE])).status_code == 404
    assert made.plan.name() not in stranger.get(reverse("plan:list")).content.decode()


def test_a_reporter_reads_the_chain_and_changes_nothing() -> None:
    made = drafted(small())
    browser = client_of(made.reporter())
    assert "1.1 en castellano" in page(browser, "plan")
    assert browser.get(reverse("plan:plan", args=[CODE]), {"version": "2"}).status_code == 404
    for name, more in (("node_add", ()), ("node_edit", ("1.1",)), ("node_remove", ("1.1",)), ("seats", ())):
        assert browser.get(reverse(f"plan:{name}", args=[CODE, *more])).status_code == 403
        assert browser.post(reverse(f"plan:{name}", args=[CODE, *more])).status_code == 403
    assert browser.post(reverse("plan:approve", args=[CODE]), {"sure": "on"}).status_code == 403
    assert browser.post(reverse("plan:versions", args=[CODE]), {"reason": "Porque sí"}).status_code == 403


def test_a_planner_adds_under_a_node() -> None:
    made = drafted(small())
    sent = {
        "code": "1.3",
        "title_es": "Censo",
        "title_en": "Census",
        "budget": "2500.50",
        "gender_marker": "2",
        "entity_0": str(made.ministry.pk),
        "role_0": "responsible",
        "entity_1": "",
        "role_1": "funds",
        "regions": ["21"],
        "districts": "040308",
    }
    address = reverse("plan:node_add", args=[CODE]) + "?under=R1"
    answer = client_of(made.planner).post(address, sent)
    assert answer.status_code == 302
    node = Node.objects.get(version=made.version, item__code="1.3")
    assert (node.item.kind, node.parent.item.code, node.title["en"], str(node.budget)) == (
        "action",
        "R1",
        "Census",
        "2500.50",
    )
    assert node.gender_marker == 2
    assert sorted(place.place for place in node.places.all()) == ["040308", "21"]
    assert [str(part.organisation) for part in node.parts.all()] == ["Minem"]


def test_what_is_wrong_stands_beside_what_was_typed() -> None:
    made = drafted(small())
    sent = {"code": "1.2", "title_es": "Repetida", "districts": "999999"}
    answer = client_of(made.planner).post(reverse("plan:node_add", args=[CODE]) + "?under=R1", sent)
    assert answer.status_code == 200
    assert "Repetida" in answer.content.decode()
    assert Node.objects.filter(version=made.version, title__es="Repetida").count() == 0


def test_two_planners_see_each_other() -> None:
    made = drafted(small())
    node = made.nodes["1.1"]
    edit_node(node=node, edition=1, by=made.planner, title={"es": "Lo de otra persona"})
    browser = client_of(made.planner)
    sent = {"edition": "1", "code": "1.1", "title_es": "Lo mío"}
    answer = browser.post(reverse("plan:node_edit", args=[CODE, "1.1"]), sent)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Lo de otra persona" in shown
    assert "Lo mío" in shown
    assert 'name="edition" value="2"' in shown
    assert browser.post(reverse("plan:node_edit", args=[CODE, "1.1"]), {**sent, "edition": "2"}).status_code == 302
    node.refresh_from_db()
    assert node.title == {"es": "Lo mío"}


def test_removing_says_what_goes_with_it() -> None:
    made = drafted(small())
    browser = client_of(made.planner)
    shown = page(browser, "node_remove", "R1")
    assert "1.2.1 en castellano" in shown
    assert "Pallaqueras con equipo" in shown
    assert browser.post(reverse("plan:node_remove", args=[CODE, "R1"])).status_code == 302
    assert {node.item.code for node in made.version.nodes.all()} == {"national", "SO1"}
    assert made.plan.approved().nodes.count() == 6


def test_siblings_are_moved() -> None:
    made = drafted(small())
    client_of(made.planner).post(reverse("plan:node_move", args=[CODE, "1.2"]), {"to": "up"})
    ordered = made.nodes["R1"].children.order_by("position")
    assert [node.item.code for node in ordered] == ["1.2", "1.1"]


def test_a_version_says_what_changed_before_it_is_approved() -> None:
    made = drafted(small())
    edit_node(node=made.nodes["1.1"], edition=1, by=made.planner, budget=2000)
    browser = client_of(made.planner)
    shown = page(browser, "changes", 2)
    assert "1,000.00" in shown
    assert "2,000.00" in shown
    assert browser.post(reverse("plan:approve", args=[CODE])).status_code == 422
    assert browser.post(reverse("plan:approve", args=[CODE]), {"sure": "on"}).status_code == 302
    assert made.plan.approved().number == 2


def test_a_draft_is_discarded_only_when_it_is_meant() -> None:
    made = drafted(small())
    browser = client_of(made.planner)
    assert browser.post(reverse("plan:discard", args=[CODE])).status_code == 422
    assert made.plan.draft()
    assert browser.post(reverse("plan:discard", args=[CODE]), {"sure": "on"}).status_code == 302
    assert made.plan.draft() is None


def test_a_planner_gives_and_takes_a_role() -> None:
    made = small()
    nora = person("Nora")
    browser = client_of(made.planner)
    address = reverse("plan:seats", args=[CODE])
    wrong = browser.post(address, {"email": nora.email, "role": "reporter"})
    assert wrong.status_code == 200
    assert not Seat.objects.filter(user=nora).exists()
    sent = {"email": nora.email, "role": "reporter", "organisation": str(made.health.pk), "region": "21"}
    assert browser.post(address, sent).status_code == 302
    seat = Seat.objects.get(user=nora)
    assert (seat.role, seat.region) == (Role.REPORTER, "21")
    assert browser.post(reverse("plan:seat_take", args=[CODE, seat.pk])).status_code == 302
    assert not Seat.objects.filter(user=nora).exists()


def test_two_organisations_never_have_one_name() -> None:
    made = small()
    browser = client_of(made.planner)
    sent = {"name": "DIRESA  puno", "kind": "regional", "country": "PE"}
    answer = browser.post(reverse("plan:organisation_add"), sent)
    assert answer.status_code == 409
    assert Organisation.objects.count() == 2
    assert browser.post(reverse("plan:organisation_add"), {**sent, "name": "Diresa Ica"}).status_code == 302
    assert "Diresa Ica" in browser.get(reverse("plan:organisations"), {"words": "diresá"}).content.decode()
    key = made.health.pk
    changed = {"name": "Diresa Puno", "short": "Diresa", "kind": "regional", "country": "PE"}
    changed["read"] = reading(made.health)
    assert browser.post(reverse("plan:organisation", args=[key]), changed).status_code == 302
    assert Organisation.objects.get(pk=key).short == "Diresa"


def test_only_who_plans_sees_the_organisations() -> None:
    made = small()
    for user, status in ((made.reader(), 403), (person("Otra"), 403), (administrator(), 200)):
        assert client_of(user).get(reverse("plan:organisations")).status_code == status


def test_a_node_says_all_of_it_in_the_readers_language() -> None:
    made = drafted(small())
    edit_node(
        node=made.nodes["1.2"],
        edition=1,
        by=made.planner,
        budget=1234567,
        gender_marker=2,
        places=["211002"],
        legal_basis="DS 018-2018-EM",
        note={"es": "El impreso se equivoca", "en": "The print slips"},
    )
    browser = client_of(made.planner)
    browser.cookies["django_language"] = "en"
    shown = page(browser, "node", "1.2", version="2")
    for said in ("1.2 in English", "1,234,567", "2: principal", "Ananea", "DS 018-2018-EM", "The print slips"):
        assert said in shown
    assert "Ministerio de Energía y Minas" in shown  # responsible above, hence here
    assert reverse("plan:node", args=[CODE, "1.2.1"]) + "?version=2" in shown
    assert reverse("plan:indicator", args=[CODE, "I1"]) in page(browser, "node", "R1")


def test_an_older_version_is_shown_and_never_edited() -> None:
    made = drafted(small())
    browser = client_of(made.planner)
    shown = page(browser, "node", "1.1", version="1")
    assert reverse("plan:node_edit", args=[CODE, "1.1"]) not in shown
    assert browser.get(reverse("plan:plan", args=[CODE]), {"version": "7"}).status_code == 404
    assert browser.get(reverse("plan:plan", args=[CODE]), {"version": "uno"}).status_code == 404
    assert browser.get(reverse("plan:node", args=[CODE, "9.9"])).status_code == 404


def test_whoever_only_reports_is_told_that_a_first_draft_is_being_written() -> None:
    made = small(approved=False)
    answer = client_of(made.reporter()).get(reverse("plan:plan", args=[CODE]), headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "not approved yet" in answer.content.decode()


@pytest.mark.parametrize(("name", "more"), [("plan", ()), ("node", ("1.1",)), ("changes", (1,)), ("list", None)])
def test_what_is_only_read_takes_no_post(name: str, more: tuple[object, ...] | None) -> None:
    made = small()
    address = reverse(f"plan:{name}", args=None if more is None else [CODE, *more])
    assert client_of(made.planner).post(address).status_code == 405


@pytest.mark.parametrize(("name", "more"), [("node_move", ("1.1",)), ("approve", ()), ("discard", ())])
def test_what_changes_something_takes_no_get(name: str, more: tuple[str, ...]) -> None:
    assert client_of(drafted(small()).planner).get(reverse(f"plan:{name}", args=[CODE, *more])).status_code == 405


def test_two_roles_of_one_entity_and_an_empty_row_are_kept_as_written() -> None:
    made = drafted(small())
    health = str(made.health.pk)
    sent = {
        "edition": "1",
        "title_es": "Censo",
        "entity_0": health,
        "role_0": "funds",
        "entity_1": "",
        "role_1": "funds",
    }
    sent |= {"entity_2": health, "role_2": "takes_part"}
    assert client_of(made.planner).post(reverse("plan:node_edit", args=[CODE, "1.1"]), sent).status_code == 302
    assert {part.role for part in made.nodes["1.1"].parts.all()} == {"funds", "takes_part"}


def test_without_a_draft_there_is_nothing_to_edit() -> None:
    made = small()
    assert client_of(made.planner).get(reverse("plan:node_edit", args=[CODE, "1.1"])).status_code == 409
