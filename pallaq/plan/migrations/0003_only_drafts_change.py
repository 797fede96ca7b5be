"""What was approved stays as it was, whoever writes to the database: only the rows of a draft change."""

from django.db import migrations

# table -> how its changed rows find their version
OWNERS = {
    "plan_node": "changed",
    "plan_part": "changed JOIN plan_node owner ON owner.id = changed.node_id",
    "plan_nodeplace": "changed JOIN plan_node owner ON owner.id = changed.node_id",
    "plan_indicator": "changed",
    "plan_baseline": "changed JOIN plan_indicator owner ON owner.id = changed.indicator_id",
    "plan_target": "changed JOIN plan_indicator owner ON owner.id = changed.indicator_id",
}
# A whole plan goes with all its versions: `Plan.delete` names it here for its own transaction.
# One check a statement, not a row: copying a version inserts thousands of rows at once.
FUNCTION = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM {owner} JOIN plan_version version ON version.id = {alias}.version_id
        WHERE version.state <> 'draft'
        AND NOT (TG_OP = 'DELETE' AND version.plan_id::text = current_setting('pallaq.deleted_plan', true)) IS TRUE
    ) THEN
        RAISE EXCEPTION 'only a draft of a plan changes' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER {table}_{event}_{rows} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
"""
# An update must leave both as they were: the version a row stood in, and the one it is moved to.
EVENTS = (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD"))


def forwards() -> str:
    """Return the functions and triggers of every table."""
    functions = [
        FUNCTION.format(table=table, owner=owner, alias="owner" if "owner" in owner else "changed")
        for table, owner in OWNERS.items()
    ]
    triggers = [TRIGGER.format(table=table, event=event, rows=rows) for table in OWNERS for event, rows in EVENTS]
    return "".join(functions + triggers)


def backwards() -> str:
    """Return what takes them away."""
    return "".join(f"DROP FUNCTION {table}_refuse() CASCADE;\n" for table in OWNERS)


class Migration(migrations.Migration):

    dependencies = [("plan", "0002_targets_read_by_the_board")]

    operations = [migrations.RunSQL(forwards(), backwards())]
