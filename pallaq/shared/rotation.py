"""Encrypted columns of every room, history tables too: which keys they are under, and written anew under new ones.

Rows are written by batches, each a transaction of its own, while the site runs: what is locked is left for the next
round, and what a killed rotation left is what the next one finds. No trigger writes history of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from pallaq.shared.encryption import FORMAT, BlindIndex, EncryptedBytes, Ring, Unreadable, ring
from pallaq.shared.errors import Refusal

BATCH = 500
ROUNDS = 20  # rounds over what others held locked, before we say so


@dataclass(frozen=True)
class Sealed:
    """A table with encrypted columns, and the blind indexes beside them."""

    model: type[models.Model]
    fields: list[EncryptedBytes]
    indexes: list[BlindIndex]


def sealed_tables() -> list[Sealed]:
    """Return every table with something encrypted in it, of whatever room."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        own = model._meta.local_concrete_fields
        fields = [field for field in own if isinstance(field, EncryptedBytes)]
        indexes = [field for field in own if isinstance(field, BlindIndex)]
        if fields or indexes:
            found.append(Sealed(model, fields, indexes))
    return found


def without_source(tables: list[Sealed]) -> list[str]:
    """Return the blind indexes that do not say of what they are, which no rotation can make anew."""
    fields = [field for table in tables for field in table.indexes]
    return [f"{field.model._meta.label}.{field.name}" for field in fields if not field.source().of]


def keys_in_use() -> dict[str, int]:
    """Return the names of the keys that values are stored under, with how many there are under each."""
    counts: dict[str, int] = {}
    for table in sealed_tables():
        for field in table.fields:
            for name, many in keys_of_column(table.model._meta.db_table, str(field.column)):
                counts[name] = counts.get(name, 0) + many
    return counts


def keys_of_column(table: str, column: str) -> list[tuple[str, int]]:
    """Return the names of the keys of one column, with how many values there are under each."""
    value = connection.ops.quote_name(column)
    sql = (
        f"SELECT convert_from(substring({value} FROM 3 FOR get_byte({value}, 1)), 'SQL_ASCII'), count(*) "  # noqa: S608
        f"FROM {connection.ops.quote_name(table)} WHERE octet_length({value}) > 2 GROUP BY 1 ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)  # names of our own tables and columns
        return [(str(name), int(many)) for name, many in cursor.fetchall()]


def rewrite_all() -> Iterator[tuple[str, int]]:
    """Write anew whatever is not under the current key; yield each table's name with how many rows, as it goes."""
    for table in sealed_tables():
        for _round in range(ROUNDS):
            done = 0
            for many in rewrite_table(table):
                done += many
                yield table.model._meta.label, many
            if not done:
                break


def rewrite_table(table: Sealed) -> Iterator[int]:
    """Write anew the rows of a table that lie under an old key, batch by batch; yield how many each time."""
    last = None
    while rows := rows_under_old_keys(table, last):
        last = rows[-1]
        yield rewrite(table, rows)


def rows_under_old_keys(table: Sealed, after: object) -> list[object]:
    """Return the keys of the next rows of which some value is under another key than the current one."""
    names = [connection.ops.quote_name(str(field.column)) for field in table.fields]
    if not names:
        return []
    prefix = bytes([FORMAT, len(ring().current)]) + ring().current.encode("ascii")
    old = " OR ".join(f"substring({name} FROM 1 FOR {len(prefix)}) <> %s" for name in names)
    rows = table.model._base_manager.extra(where=[f"({old})"], params=[prefix] * len(names))  # noqa: S610
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def rewrite(table: Sealed, keys: list[object]) -> int:
    """Write rows under the current key, with their indexes; those that somebody else holds wait for another round."""
    chosen = table.model._base_manager.filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True)
    rows = list(chosen.order_by("pk"))
    for row in rows:
        for index in table.indexes:
            setattr(row, index.attname, index.index_of(row))
    written = [field.name for field in (*table.fields, *table.indexes)]
    with pgtrigger.ignore():
        table.model._base_manager.bulk_update(rows, written, batch_size=100)
    return len(rows)


def wrong_indexes(table: Sealed) -> Iterator[list[object]]:
    """Yield the keys of rows whose blind index is not the one that their value has under the current key."""
    last = None
    while table.indexes:
        rows = table.model._base_manager.order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        batch = list(rows[:BATCH])
        if not batch:
            return
        last = batch[-1].pk
        wrong = [row.pk for row in batch if any(differs(row, index) for index in table.indexes)]
        if wrong:
            yield wrong


def differs(row: models.Model, index: BlindIndex) -> bool:
    """Say whether a row's blind index is another than its value's."""
    stored = getattr(row, index.attname)
    return (None if stored is None else bytes(stored)) != index.index_of(row)


def check_nothing_old() -> None:
    """Refuse while a value is under an old key; make anew the index of a row written just as the keys changed."""
    current = ring().current
    old = {name: many for name, many in keys_in_use().items() if name != current}
    if old:
        message = _("%(rows)d values are still under old keys (%(keys)s). Call it again without --finish first.")
        raise Refusal(message % {"rows": sum(old.values()), "keys": ", ".join(sorted(old))}, code="keys-in-use")
    for table in sealed_tables():
        for keys in wrong_indexes(table):
            rewrite(table, keys)


def next_name(keys: Ring) -> str:
    """Return a name for new keys: a number after all there are."""
    numbers = [int(name) for name in (*keys.keys, *keys.index_keys) if name.isdigit()]
    return str(max(numbers, default=0) + 1)


def ring_problem() -> Refusal | None:
    """Return why the ring does not open what is stored: it lacks a key, or is another one. It looks at each table.

    A key of the right name that opens nothing is another ring's. Where something opens, what does not was altered: that
    is one value's trouble, and no reason not to start.
    """
    opened, altered = 0, None
    for table in sealed_tables():
        for order in ("pk", "-pk"):
            try:
                row = table.model._base_manager.order_by(order).first()
            except Unreadable as refusal:
                if refusal.code == "field-key-missing":
                    return refusal
                altered = refusal
            else:
                opened += row is not None and any(getattr(row, field.attname) is not None for field in table.fields)
    return None if opened else altered


def anything_sealed() -> bool:
    """Say whether anything encrypted is stored; it opens nothing."""
    tables = (table for table in sealed_tables() if table.fields)
    return any(table.model._base_manager.values("pk").exists() for table in tables)
