"""People of a made-up registry: Andean names as often as they are borne, encrypted and keyed as Pallaq stores them.

Every name is common and drawn by chance, every row is stamped synthetic; nothing here is anybody. `generate(n)` fills
the database that Django is set up for by COPY, from several processes; indexes are made when the rows are there.
"""

import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any


def weighted(words: str) -> dict[str, int]:
    """Return names with their weights, of "Quispe 52, De la Cruz 9"."""
    return {name: int(weight) for name, weight in (one.rsplit(" ", 1) for one in words.split(", "))}


REGIONS = {"21": 26, "04": 19, "03": 11, "08": 12, "05": 9, "17": 9, "02": 6, "20": 4, "11": 4}  # INEI, rough weights
# Surnames with their weights in a thousand; the rest of the thousand is a long tail made of syllables.
SURNAMES = weighted(
    "Quispe 52, Mamani 48, Flores 25, Condori 24, Huamán 24, Rojas 13, Sánchez 13, Choque 11, Apaza 12, Ticona 11, "
    "Chambi 9, Huanca 12, Vilca 9, Ccama 5, Yucra 6, Cutipa 7, Calla 4, Machaca 7, Pari 6, Coila 4, Turpo 5, "
    "Larico 4, Luque 7, Zea 3, Cáceres 6, Ramos 14, Cruz 9, De la Cruz 9, García 13, Rodríguez 11, López 9, "
    "Gutiérrez 9, Chávez 9, Torres 10, Díaz 8, Vargas 9, Mendoza 9, Castillo 7, Fernández 6, Pérez 9, Ramírez 8, "
    "Gonzales 8, Huarachi 4, Cahuana 5, Ccori 2, Puma 5, Layme 3, Nina 5, Pacsi 3, Surco 3, Arapa 3, Sucasaire 2, "
    "Hancco 5, Quenta 3, Calsina 3, Chura 4, Charca 3, Aguilar 7, Salas 4, Espinoza 8, Soto 6, Núñez 5, Paredes 5, "
    "Medina 5, Guevara 4, Velásquez 5, Valencia 4, Zapana 4, Yanqui 3, Incacutipa 1, Tito 4, Ttito 2, Phocco 1, "
    "Huillca 3, Ccahuana 3, Pumacahua 1, Callata 3, Canaza 3, Coaquira 4, Copa 3, Cusi 3, Chipana 4, Ccopa 2, "
    "Huaman 8, Huayta 3, Mayta 4, Palomino 5, Navarro 3, Suca 2, Supo 2, Tacca 2, Tapia 5, Vera 4, Villca 2, "
    "Yana 3, Yupanqui 5, Zúñiga 3, Inga 2, Janampa 2, Llamocca 2, Bellido 1, Ayala 4, Cárdenas 5, Ccoyllo 1, "
    "Gómez 6, Morales 6, Pacheco 4, Ponce 3, Reyes 5, Silva 5"
)
WOMEN = weighted(
    "María 60, Rosa 32, Juana 24, Ana 22, Luz 21, Carmen 18, Julia 18, Elizabeth 17, Flor 15, Yeny 12, Lucía 13, "
    "Marina 14, Nelly 12, Gladys 12, Norma 12, Victoria 12, Elena 12, Martha 11, Sonia 10, Isabel 13, Felícitas 8, "
    "Hilda 8, Bertha 8, Olga 8, Silvia 8, Yolanda 9, Edith 9, Vilma 8, Ruth 8, Ximena 3, Roxana 8, Jhoselyn 4, "
    "Katherine 6, Delia 6, Dina 6, Eulalia 5, Fortunata 4, Gregoria 5, Hermelinda 5, Justina 6, Leonarda 4, "
    "Lidia 8, Maribel 8, Maruja 3, Natividad 4, Paulina 6, Santusa 4, Saturnina 3, Tomasa 4, Valentina 5, Wilma 4, "
    "Zenaida 4, Esther 7, Sofía 6, Milagros 7, Noemí 6, Rocío 6, Teresa 9, Ximara 1"
)
MEN = weighted(
    "Juan 38, José 36, Luis 26, Carlos 20, Jesús 13, Pedro 15, Víctor 14, Julio 14, Mario 11, Wilber 9, Percy 8, "
    "Edgar 10, Jhon 9, Rubén 8, Félix 8, Santos 8, Hugo 8, Raúl 8, Alberto 10, Antonio 10, Francisco 10, Jorge 12, "
    "Miguel 12, Guillermo 5, Fredy 8, Elías 5, Walter 8, Teodoro 4, Nicolás 4, Saúl 3, Wilfredo 6, Yony 4, "
    "Zenón 3, Porfirio 3, Abel 5"
)
SYLLABLES = ["ca", "cha", "hua", "ma", "pa", "qui", "ra", "sa", "ta", "ya", "llo", "co", "mi", "ni", "pu", "ri", "su"]
ENDS = ["ni", "ri", "pa", "lla", "ya", "qui", "ta", "sto", "rez", "na", "co", "mo", "ncca", "sa", "tti", "yo"]
TAIL = 9000  # surnames of the tail
SCHEMES = ("selectors-puno", "reinfo", "recpo")
BATCH = 20_000
PERSON = "registry.person"


@dataclass(frozen=True)
class Drawn:
    """A person as she is drawn."""

    given: str
    paternal: str
    maternal: str
    sex: str
    birth_on: date
    place: str
    dni: str
    phone: str


class Names:
    """Draws people; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        from pallaq.places.rules import districts

        self.chance = random.Random(seed)
        made = random.Random(7)
        known = sum(SURNAMES.values())
        tail = sorted(
            {
                "".join(made.choices(SYLLABLES, k=made.choice((1, 1, 2)))).capitalize() + made.choice(ENDS)
                for _ in range(TAIL)
            }
        )
        weights = [1 / (rank + 30) for rank in range(len(tail))]
        scale = (1000 - known) / sum(weights)
        self.surnames = [*SURNAMES, *tail]
        self.surname_weights = list(accumulate([*SURNAMES.values(), *(weight * scale for weight in weights)]))
        self.given = {"female": WOMEN, "male": MEN}
        self.places = {code: [place.ubigeo for place in districts(frozenset({code}))] for code in REGIONS}

    def surname(self) -> str:
        """Draw a surname."""
        return self.chance.choices(self.surnames, cum_weights=self.surname_weights)[0]

    def givens(self, sex: str) -> str:
        """Draw one given name, mostly two."""
        names = self.given[sex]
        many = self.chance.choices((1, 2, 3), (34, 62, 4))[0]
        return " ".join(dict.fromkeys(self.chance.choices(list(names), list(names.values()), k=many)))

    def person(self, dni: int) -> Drawn:
        """Draw a person: three of four are women, few mines' districts hold most of them."""
        chance = self.chance
        sex = "female" if chance.random() < 0.75 else "male"
        region = chance.choices(list(REGIONS), list(REGIONS.values()))[0]
        places = self.places[region]
        place = places[min(int(chance.expovariate(0.25)), len(places) - 1)]
        born = date(1950, 1, 1) + timedelta(days=int(chance.triangular(0, 57 * 365.25, 36 * 365.25)))
        phone = f"9{chance.randrange(10**8):08}" if chance.random() < 0.8 else ""
        number = f"{(dni * 7_368_787 + 1_234_567) % 10**8:08}"  # a prime: numbers that are all different, and far apart
        return Drawn(self.givens(sex), self.surname(), self.surname(), sex, born, place, number, phone)


def people(first: int, many: int) -> Iterator[Drawn]:
    """Draw people number `first` and on; each thousand has its own seed, so that a part is drawn alone."""
    for start in range(first, first + many, 1000):
        names = Names(start)
        for number in range(start, min(start + 1000, first + many)):
            yield names.person(number)


class Rows:
    """Rows of the tables, as the room's actions would write them."""

    def __init__(self) -> None:
        from django.utils import timezone

        from pallaq.shared.encryption import ring

        self.ring, self.now = ring(), timezone.now()

    def sealed(self, words: str, place: str) -> bytes:
        """Return words encrypted for a column."""
        return self.ring.encrypt(words.encode(), place)

    def person(self, drawn: Drawn) -> tuple[Any, ...]:
        """Return a row of registry_person."""
        from pallaq.registry.models import Person

        person = Person(
            given_names=drawn.given,
            paternal_surname=drawn.paternal,
            maternal_surname=drawn.maternal,
            birth_on=drawn.birth_on,
            place=drawn.place,
        )
        person.derive()
        return (
            person.pk, person.number, person.given_names, person.paternal_surname, person.maternal_surname,
            person.name_key, person.name_words, person.block_keys, drawn.sex, drawn.birth_on, ["es"], drawn.place,
            person.region, self.sealed("", f"{PERSON}.address"), self.sealed(drawn.phone, f"{PERSON}.phone"),
            self.ring.index(drawn.phone, "phone") if drawn.phone else None, "current", 1, True, self.now, self.now,
        )  # fmt: skip

    def identifier(self, person: Any, drawn: Drawn) -> tuple[Any, ...]:
        """Return a row of registry_identifier."""
        from pallaq.shared.fields import uuid7

        sealed = self.sealed(drawn.dni, "registry.identifier.number")
        return uuid7(), person, "dni", sealed, self.ring.index(drawn.dni, "identifier"), self.now

    def registration(self, person: Any, drawn: Drawn, scheme: str, number: int) -> tuple[Any, ...]:
        """Return a row of registry_registration."""
        from pallaq.shared.fields import uuid7

        words = f"{scheme[:2].upper()}{number:08}"
        sealed = self.sealed(words, "registry.registration.number")
        index = self.ring.index(words, f"registration.{scheme}")
        since = date(2020, 1, 1) + timedelta(days=number % 1800)
        return uuid7(), person, scheme, sealed, index, drawn.place, drawn.place[:2], "registered", since, self.now


COLUMNS = {
    "registry_person": (
        "id number given_names paternal_surname maternal_surname name_key name_words block_keys sex birth_on languages "
        "place region address phone phone_index state edition synthetic made_at changed_at"
    ),
    "registry_identifier": "id person_id kind_id number number_index changed_at",
    "registry_registration": "id person_id scheme_id number number_index place region state since made_at",
}


def copy(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows to a table."""
    from django.db import connection

    columns = ", ".join(COLUMNS[table].split())
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)


def part(first: int, many: int, registrations: int) -> None:
    """Write people number `first` and on, a batch in each transaction."""
    from django.db import transaction

    make = Rows()
    for start in range(first, first + many, BATCH):
        drawn = list(people(start, min(BATCH, first + many - start)))
        rows = [make.person(one) for one in drawn]
        keys = [row[0] for row in rows]
        with transaction.atomic():
            copy("registry_person", rows)
            copy("registry_identifier", [make.identifier(key, one) for key, one in zip(keys, drawn, strict=True)])
            for scheme in SCHEMES[:registrations]:
                numbered = zip(keys, drawn, range(start, start + len(drawn)), strict=True)
                copy("registry_registration", [make.registration(key, one, scheme, n) for key, one, n in numbered])


def generate(many: int, registrations: int = 3) -> None:
    """Fill the database with people; a process for each core, indexes afterwards."""
    from django.db import connection

    dropped = drop_indexes()
    connection.close()
    workers = min(os.cpu_count() or 1, max(1, many // BATCH))
    size = -(-many // workers // 1000) * 1000
    starts = range(0, many, size)
    forked = multiprocessing.get_context("fork")
    tasks = [forked.Process(target=part, args=(s, min(size, many - s), registrations)) for s in starts]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
        if task.exitcode:
            raise RuntimeError("a process that writes people failed; what it said stands above")
    with connection.cursor() as cursor:
        for definition in dropped:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def drop_indexes() -> list[str]:
    """Drop the plain indexes of the tables that are filled, and return how to make them again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [list(COLUMNS)],
        )
        found = [(name, definition) for name, definition in cursor.fetchall() if " UNIQUE " not in definition]
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
