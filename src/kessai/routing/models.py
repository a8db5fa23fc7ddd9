"""Authority tables and matter types: what a rulebook may change, as data with effective dates."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models


class MatterType(models.Model):
    """A kind of matter that officials decide, in the words they use, and the form it needs."""

    tenant_id = models.IntegerField()
    code = models.CharField(max_length=40)
    period = DateRangeField()
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    description = models.TextField()
    description_en = models.TextField()
    keywords = models.TextField()
    fields = models.JSONField()
    question = models.CharField(max_length=300)
    boilerplate = models.TextField(blank=True)
    class_large = models.CharField(max_length=100)
    class_medium = models.CharField(max_length=100)
    position = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "code"], name="routing_matter_code")]


class AuthorityTable(models.Model):
    """A version of the 決裁規程 別表, in force during a period."""

    tenant_id = models.IntegerField()
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    period = DateRangeField()


class AuthorityRow(models.Model):
    """One row: for which facts it applies, who decides, who must consent, what is kept for how long."""

    table = models.ForeignKey(AuthorityTable, models.CASCADE, related_name="rows")
    number = models.IntegerField()
    matter_code = models.CharField(max_length=40)
    amount_from = models.BigIntegerField(null=True)
    amount_below = models.BigIntegerField(null=True)
    flags = ArrayField(models.CharField(max_length=20), default=list)
    level = models.CharField(max_length=20)
    delegated_from = models.CharField(max_length=20, blank=True)
    reviewers = ArrayField(models.CharField(max_length=60), default=list)
    consents = ArrayField(models.CharField(max_length=60), default=list)
    circulation = ArrayField(models.CharField(max_length=60), default=list)
    retention_code = models.CharField(max_length=20)
    disposal = models.CharField(max_length=20)
    marking = models.CharField(max_length=20)
    disclosure = models.CharField(max_length=20)
    standard_days = models.IntegerField(null=True)
    clause = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="routing_row_number")]
        indexes = [models.Index(fields=["table", "matter_code"], name="routing_row_matter")]
