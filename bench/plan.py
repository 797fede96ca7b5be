"""Time of the plan's scoreboard over 200 entities, 5,000 indicators and ten years of quarterly values.

    .venv/bin/python bench/plan.py [VALUES] [--keep FOLDER]

VALUES (15e6) says how full the cells are: total, 3 profiles by 25 regions, and regions, in 40 quarters. A throwaway
PostgreSQL with Pallaq's own configuration is filled, vacuumed and asked through Django's test client; medians of 5
are printed as a Markdown table. `--keep` leaves the data in a folder, or asks again those that lie there.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from unittest.mock import patch

import psutil

RUNS = 5
PERIODS = 40
CELLS = 25 + 75  # of an indicator: regions, and profiles by regions; the total is always there
YEAR = 2030  # in the middle of what is planned: some indicators have no value yet

PLAN = """
INSERT INTO places_organisation (id, name, name_key, short, kind, country, place, stands_for_many)
SELECT gen_random_uuid(), 'Entity ' || n, 'entity ' || lpad(n::text, 3, '0'), '', 'other', 'PE', '', false
FROM generate_series(1, 200) n;
INSERT INTO plan_plan (id, code, title, summary, source, country, currency, dimensions, green_from, amber_from, public,
    made_at, starts_on)
VALUES (gen_random_uuid(), 'bench', '{"es": "Plan", "en": "Plan"}', '{}', '{}', 'PE', 'PEN',
    jsonb_build_object(
        'profile', '{"title": {"es": "Perfil"}, "levels": {"p1": {"es": "P1"}, "p2": {"es": "P2"}, "p3": {"es": "P3"}}}'
        ::jsonb,
        'region', jsonb_build_object('title', '{"es": "Región"}'::jsonb, 'levels', (
            SELECT jsonb_object_agg(lpad(n::text, 2, '0'), jsonb_build_object('es', 'Región ' || n))
            FROM generate_series(1, 25) n))), 90, 70, false, now(), '2026-01-01');
INSERT INTO plan_version (id, plan_id, number, state, reason, made_at)
SELECT gen_random_uuid(), id, 1, 'draft', '', now() FROM plan_plan;
INSERT INTO plan_item (id, plan_id, kind, code)
SELECT gen_random_uuid(), plan_plan.id, kind, prefix || n
FROM plan_plan, (VALUES ('level', 'L', 3), ('objective', 'SO', 20), ('result', 'R', 100), ('action', 'A', 1000),
    ('indicator', 'I', 5000)) k(kind, prefix, many), generate_series(1, many) n;
"""
# A node of a kind hangs under one above: action 11 under result 2, and so on.
NODES = """
INSERT INTO plan_node (id, version_id, item_id, parent_id, position, title, description, note, legal_basis, edition)
SELECT gen_random_uuid(), v.id, i.id, up.id, substr(i.code, {skip})::int,
    jsonb_build_object('es', 'Título de ' || i.code, 'en', 'Title of ' || i.code), '{{}}', '{{}}', '', 1
FROM plan_item i CROSS JOIN plan_version v
    LEFT JOIN (SELECT n.id, i.code FROM plan_node n JOIN plan_item i ON i.id = n.item_id) up
    ON up.code = '{above}' || 1 + (substr(i.code, {skip})::int - 1) % {many}
WHERE i.kind = '{kind}';
"""
CHAIN = (("level", "L", "", 1), ("objective", "SO", "L", 3), ("result", "R", "SO", 20), ("action", "A", "R", 100))
MEASURED = """
INSERT INTO plan_part (node_id, organisation_id, role)
SELECT n.id, o.id, r.role
FROM plan_node n JOIN plan_item i ON i.id = n.item_id AND i.kind IN ('objective', 'action')
    CROSS JOIN (VALUES ('responsible', 0), ('takes_part', 77)) r(role, shift)
    JOIN places_organisation o ON o.name_key = 'entity ' || lpad((1 + (n.position * 7 + shift) % 200)::text, 3, '0');
INSERT INTO plan_indicator (id, version_id, item_id, node_id, position, title, definition, unit, measured_in, numerator,
    denominator, disaggregation, method, frequency, deadline_days, limits, sense, study_indicator, study_share, measure,
    edition)
SELECT gen_random_uuid(), n.version_id, i.id, n.id, substr(i.code, 2)::int,
    jsonb_build_object('es', 'Personas alcanzadas por ' || i.code, 'en', 'People reached by ' || i.code), '{}',
    'number', '{"es": "personas"}', '{}', '{}', '["profile", "region"]', '{}', 'quarterly', 60, '{}', '', '', '', '', 1
FROM plan_item i JOIN plan_node n ON true JOIN plan_item above ON above.id = n.item_id
WHERE i.kind = 'indicator' AND above.code = 'A' || 1 + (substr(i.code, 2)::int - 1) % 1000;
INSERT INTO plan_baseline (indicator_id, cell, value, year, source, origin, sha256, estimate, design)
SELECT id, '', 100, 2025, '', 'typed', '', '', '' FROM plan_indicator;
INSERT INTO plan_target (indicator_id, cell, year, quarter, value)
SELECT id, '', 2026 + q / 4, 1 + q % 4, 100 + 5 * (q + 1) FROM plan_indicator, generate_series(0, 39) q;
-- A fifth of the indicators have yearly targets for each region too.
INSERT INTO plan_target (indicator_id, cell, year, quarter, value)
SELECT id, 'region=' || lpad(r::text, 2, '0'), 2026 + y, 4, 100 + 20 * (y + 1)
FROM plan_indicator, generate_series(1, 25) r, generate_series(0, 9) y WHERE position % 5 = 0;
UPDATE plan_version SET state = 'approved', approved_at = '2026-01-01';
"""
# Quarter by quarter, as they are reported: what a page reads lies far apart on the disk.
VALUES = """
INSERT INTO progress_value (item_id, cell, year, quarter, value, measured_on, source, note, origin, measure, definition,
    sha256, estimate, at, current)
SELECT i.id, c.cell, 2026 + {q} / 4, 1 + {q} % 4, 100 + ({q} + 1) * (hashint4(c.n * 5001 + substr(i.code, 2)::int) & 7),
    make_date(2026 + {q} / 4, 3 + 3 * ({q} % 4), 28), 'report of the entity', '', 'typed', '', '', '', '', now(), true
FROM plan_item i CROSS JOIN (
    SELECT 0 AS n, '' AS cell UNION ALL
    SELECT r, 'region=' || lpad(r::text, 2, '0') FROM generate_series(1, 25) r UNION ALL
    SELECT 25 + r * 3 + p, 'profile=p' || p || ';region=' || lpad(r::text, 2, '0')
    FROM generate_series(1, 25) r, generate_series(1, 3) p) c
WHERE i.kind = 'indicator'
    AND (hashint4(c.n * 5001 + {q} * 13 + substr(i.code, 2)::int) & 65535) < CASE c.n WHEN 0 THEN 52000 ELSE {full} END;
"""
FLOOR = """
SELECT v.value FROM plan_indicator i CROSS JOIN LATERAL (
    SELECT value FROM progress_value WHERE item_id = i.item_id AND cell = '' AND current
        AND (year, quarter) <= ({year}, 4) ORDER BY year DESC, quarter DESC LIMIT 1) v
"""
PAGES = {
    "scoreboard by objective": "board/?period={year}",
    "scoreboard by level": "board/?period={year}&by=level",
    "scoreboard by entity": "board/?period={year}&by=entity",
    "scoreboard by region": "board/?period={year}&by=region",
    "an objective opened": "board/?period={year}&group=SO1",
    "one region": "board/?period={year}&region=21",
    "one entity's, those behind": "board/?period={year}&entity={entity}&light=red",
    "one entity's, as its reporter": "board/?period={year}",
    "CSV of all indicators": "board.csv?period={year}",
    "timeline": "timeline/?year={year}",
    "what is late": "late/",
    "what is late, as a reporter": "late/",
}


def start_server(folder: Path) -> Callable[[], None]:
    """Start PostgreSQL in a folder, make Django use it, and return what stops it."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "pallaq.settings", "PALLAQ_DATA": str(folder), "PALLAQ_ENV": "test"}
    (folder / "static").mkdir(exist_ok=True)
    from pallaq.cli import postgres

    server = postgres.start(folder, throwaway=True)
    import pallaq.wsgi  # noqa: F401 - the process as granian serves it

    return server.stop


def fill(values: int) -> None:
    """Make the tables and fill them; indexes are built when the values are there, as a restore does."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    full = round(65536 * max(0, values - 0.8 * PERIODS * 5000) / (PERIODS * 5000 * CELLS))
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        for kind, prefix, above, many in CHAIN:
            cursor.execute(NODES.format(kind=kind, above=above, many=many, skip=len(prefix) + 1))
        cursor.execute(MEASURED)
        of_values = "tablename = 'progress_value' AND indexname NOT LIKE '%pkey'"
        cursor.execute(f"SELECT indexname, indexdef FROM pg_indexes WHERE {of_values}")
        indexes = dict(cursor.fetchall())
        cursor.execute("ALTER TABLE progress_value DROP CONSTRAINT IF EXISTS progress_value_replaces_id_key")
        for name in indexes:
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
        for quarter in range(PERIODS):
            cursor.execute(VALUES.format(q=quarter, full=full))
        for definition in indexes.values():
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def people() -> dict[str, object]:
    """Return an administrator and a reporter of the first entity."""
    from pallaq.accounts.models import User
    from pallaq.places.models import Organisation
    from pallaq.plan.models import Plan, Role, Seat

    entity = Organisation.objects.get(name="Entity 8")
    administrator, _made = User.objects.get_or_create(email="a@example.org", is_administrator=True)
    reporter, _made = User.objects.get_or_create(email="r@example.org")
    Seat.objects.get_or_create(user=reporter, plan=Plan.objects.get(), role=Role.REPORTER, organisation=entity)
    return {"administrator": administrator, "reporter": reporter, "entity": entity.pk}


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the median milliseconds after one that warms up, and those of the processor in Python and PostgreSQL."""
    from django.db import connection

    backend = psutil.Process(connection.connection.info.backend_pid)
    work()
    times, before = [], time.process_time() + sum(backend.cpu_times()[:2])
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    spent = time.process_time() + sum(backend.cpu_times()[:2]) - before
    return 1000 * statistics.median(times), 1000 * spent / RUNS


def measure() -> None:
    """Print the table."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR.format(year=YEAR))
            cursor.fetchall()

    known, (least, spent) = people(), measured(floor)
    print("| page | ms | processor ms | / floor | queries | kB |\n|---|---|---|---|---|---|")
    print(f"| floor: 5,000 latest values by the index | {least:.0f} | {spent:.0f} | 1.0 | 1 | |")
    for name, asked in PAGES.items():
        client = Client(headers={"accept-language": "en"})
        client.force_login(known["reporter" if "reporter" in name else "administrator"])
        address = f"/plans/bench/{asked.format(year=YEAR, entity=known['entity'])}"
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        asked_for = len(queries.captured_queries)
        assert answer.status_code == 200, answer
        taken, worked = measured(lambda client=client, address=address: client.get(address))
        size = len(answer.content) / 1000
        figures = f"{taken:.0f} | {worked:.0f} | {taken / least:.1f} | {asked_for} | {size:.0f}"
        print(f"| {name} | {figures} |", flush=True)


def main() -> None:
    """Fill unless the folder holds data, measure, and leave nothing behind unless told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("values", nargs="?", type=float, default=15e6)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="pallaq-bench-", dir="/tmp"))
    known = (folder / "filled").exists()
    folder.mkdir(exist_ok=True)
    stop = start_server(folder)
    try:
        start = time.perf_counter()
        if not known:
            fill(int(asked.values))
            (folder / "filled").touch()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), pg_total_relation_size('progress_value') / 1000000 FROM progress_value")
            rows, size = cursor.fetchone()
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, PostgreSQL {connection.pg_version // 10000},")
        print(f"{rows:,} values ({size:,} MB), filled in {time.perf_counter() - start:.0f} s; medians of {RUNS}\n")
        with patch("django.utils.timezone.localdate", return_value=date(YEAR, 12, 31)):
            measure()
    finally:
        stop()
        if not asked.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
