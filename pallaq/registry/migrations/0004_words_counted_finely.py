"""Keeps ten times the statistics of the words of names, so that a search by a rare one never walks all people."""

from django.db import migrations

FINELY = "ALTER TABLE registry_person ALTER COLUMN name_words SET STATISTICS 1000"
AS_BEFORE = "ALTER TABLE registry_person ALTER COLUMN name_words SET STATISTICS DEFAULT"


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_exports_and_log")]

    operations = [migrations.RunSQL(FINELY, AS_BEFORE)]
