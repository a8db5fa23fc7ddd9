"""What is counted from the events of cases: derived, dropped and rebuilt at will. Posts, never persons."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CompositePrimaryKey


class Precedent(models.Model):
    """How many past stays took 0, 1, 2 … working days, by insight.rules.Key."""

    pk = CompositePrimaryKey("tenant_id", "what", "post_id", "matter_code")
    tenant_id = models.IntegerField()
    what = models.CharField(max_length=20)
    """A kind of step, or the delay to cases with so many stages left."""
    post_id = models.BigIntegerField()
    """0: any."""
    matter_code = models.CharField(max_length=40)
    """Empty: any."""
    days = ArrayField(models.IntegerField())


class Reckoning(models.Model):
    """When a ministry was last counted, over what, and how often what was expected came true."""

    pk = CompositePrimaryKey("tenant_id", "since")
    tenant_id = models.IntegerField()
    since = models.DateField()
    made_at = models.DateTimeField()
    cases = models.IntegerField()
    decided = models.IntegerField()
    checked = models.IntegerField()
    """Forecasts compared with what came: so many, of which in the inner and in the outer range so many."""
    half = models.IntegerField()
    most = models.IntegerField()
    levels = ArrayField(models.FloatField())
