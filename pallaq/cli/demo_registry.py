"""The demo's registry: made-up selectors of Puno and Arequipa, stamped SYNTHETIC, and a login for each desk."""

import random
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.associations.actions.members import add_member
from pallaq.cli.demo_plan import person as login
from pallaq.credentials.actions.cards import issue_card
from pallaq.credentials.actions.keys import make_key
from pallaq.figures.actions.freezing import ask_for_release, freeze, publish
from pallaq.permits.actions.authorisations import offer, request_authorisation
from pallaq.permits.actions.signing import OnPaper, sign
from pallaq.permits.models import Side
from pallaq.places.models import Organisation
from pallaq.registry.actions.people import Numbered, register_person
from pallaq.registry.actions.registrations import Entry, change_state, open_registration
from pallaq.registry.actions.seats import give_seat
from pallaq.registry.models import Person, Purpose, Role, Scheme, State

# (e-mail, role, password), as `demo.STUDY_LOGINS`
REGISTRY_LOGINS: list[tuple[str, str, str]] = [
    ("registradora@pallaq.example", "registrar", "capacha-de-ananea"),
    ("oficial@pallaq.example", "officer", "sello-de-la-dgfm"),
    ("auditora@pallaq.example", "auditor", "lupa-de-control"),
    ("titular@pallaq.example", "concession holder", "bocamina-ficticia"),
    ("tesorera@pallaq.example", "treasurer", "libreta-de-socias"),
    ("estadistica@pallaq.example", "statistician", "conteo-sin-nombres"),
]
PUNO, AREQUIPA = "21", "04"
CENTRES = {"211002": "La Rinconada", "040309": "Mollehuaca"}
SURNAMES = ("Mamani", "Quispe", "Condori", "Huanca", "Apaza", "Ccori", "Choque", "Flores", "Turpo", "Yana", "Larico")
WOMEN = ("Juana", "Rosa", "Elena", "Nélida", "Sabina", "Martina", "Justina", "Yeny", "Hilaria", "Marleny")
MEN = ("Juan", "Percy", "Wilber", "Efraín", "Hugo", "Rufino")
PEOPLE = 60


@transaction.atomic
def load_registry() -> None:
    """Make the demonstration's desks and people, once."""
    if User.objects.filter(email=REGISTRY_LOGINS[0][0]).exists():
        return
    holder = Organisation.objects.create(name="Minera La Cumbre (ficticia)", kind="mining", place="211002")
    women = Organisation.objects.create(name="Asociación Luna de Oro (ficticia)", kind="selectors", place="211002")
    seats = ((Role.REGISTRAR, PUNO, None), (Role.OFFICER, "", None), (Role.AUDITOR, "", None))
    more = ((Role.HOLDER, "", holder), (Role.ASSOCIATION, "", women), (Role.STATISTICIAN, "", None))
    users = [login(*one) for one in REGISTRY_LOGINS]
    for user, (role, region, organisation) in zip(users, (*seats, *more), strict=True):
        give_seat(user=user, role=role, region=region, organisation=organisation, by=None)
    people = [made_up(number, random.Random(number), users[0]) for number in range(PEOPLE)]  # noqa: S311 - no secret
    suspended = people[-1].registrations.get()
    change_state(
        registration=suspended,
        state=State.SUSPENDED,
        reason="Ejemplo de la demostración",
        edition=None,
        on=timezone.localdate(),
        by=users[1],
    )
    make_key(issuer="Pallaq (SINTÉTICO)", synthetic=True, by=None)
    authorise(people, holder, registrar=users[0], titular=users[3])
    for person in people[:10]:
        add_member(organisation=women, edition=None, person=person, since=date(2025, 1, 1), by=users[4])
    release = ask_for_release(as_of=timezone.localdate(), by=users[5])
    freeze(release)
    publish(release=release, by=users[5])


def authorise(people: list[Person], holder: Organisation, *, registrar: User, titular: User) -> None:
    """Let the first of Puno be authorised by the holder, with a card, and the second wait for an answer."""
    first, second = [person for person in people if person.region == PUNO][:2]
    wished = {"place": "211002", "centre": "La Rinconada, desmonte 3"}
    today = timezone.localdate()
    asked = request_authorisation(person=first, holder=holder, fields=wished, by=registrar)
    terms = {
        **wished,
        "right_name": "La Cumbre 1 (ficticio)",
        "right_code": "010000001",
        "terms": "Selecciona de día, con casco y respirador.\nNo entra a la galería.",
        "starts_on": today,
        "ends_on": today + timedelta(days=180),
    }
    offered = offer(authorisation=asked, edition=1, fields=terms, by=titular)
    sign(authorisation=offered, side=Side.HOLDER, sha256=offered.sha256(), by=titular)
    sign(authorisation=offered, side=Side.SELECTOR, sha256=offered.sha256(), paper=OnPaper(today), by=registrar)
    request_authorisation(person=second, holder=holder, fields=wished, by=registrar)
    issue_card(person=first, by=registrar)


def made_up(number: int, chance: random.Random, by: User) -> Person:
    """Return one person, registered. Her document's number is of none: they begin at 00000000."""
    woman = chance.random() < 0.8
    place = "211002" if chance.random() < 0.75 else "040309"
    fields = {
        "given_names": " ".join(chance.sample(WOMEN if woman else MEN, 2)),
        "paternal_surname": chance.choice(SURNAMES),
        "maternal_surname": chance.choice(SURNAMES),
        "sex": "female" if woman else "male",
        "birth_on": date(1960, 1, 1) + timedelta(days=chance.randrange(16_000)),
        "languages": ["qu", "es"] if place == "211002" else ["es"],
        "place": place,
        "address": "",
        "phone": f"900 000 {number:03d}",
    }
    activity = {"kind": "pallaqueo", "place": place, "permission": "verbal", "centre": CENTRES[place]}
    person = register_person(
        fields=fields,
        identifiers=[Numbered("dni", f"{number:08d}")],
        activity=activity,
        consents=[Purpose.REGISTRY, Purpose.STATISTICS, Purpose.CARD],
        by=by,
    )
    person.synthetic = True
    person.save(update_fields=["synthetic"])
    scheme = Scheme.objects.get(pk="selectors-puno" if place == "211002" else "grem-arequipa")
    since = timezone.localdate() - timedelta(days=chance.randrange(30, 900))
    open_registration(person=person, scheme=scheme, entry=Entry(State.REGISTERED, f"{number:05d}", on=since), by=by)
    return person
