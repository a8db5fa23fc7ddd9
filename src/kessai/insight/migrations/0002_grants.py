from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("decisions", "0002_database_refuses"), ("insight", "0001_initial")]

    operations = [migrations.RunSQL((SQL / "schema.sql").read_text(), migrations.RunSQL.noop)]
