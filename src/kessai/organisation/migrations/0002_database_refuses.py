from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]

    operations = [
        migrations.RunSQL((ROOM / name).read_text(), migrations.RunSQL.noop)
        for name in (
            "sql/schema.sql",
            "orders/sql/functions/lines.sql",
            "orders/sql/functions/moves.sql",
            "orders/sql/functions/effects.sql",
            "reorganising/sql/functions/effects.sql",
            "reorganising/sql/functions/abolished.sql",
            "clearance/sql/function.sql",
        )
    ]
