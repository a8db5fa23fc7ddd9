from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("drafting", "0002_database_refuses"), ("records", "0002_database_refuses"), ("routing", "0002_database_refuses"), ("decisions", "0001_initial")]

    operations = [migrations.RunSQL((SQL / name).read_text(), migrations.RunSQL.noop) for name in ("schema.sql", "destroying.sql")]
