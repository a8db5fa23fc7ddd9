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
    additions = models.JSONField(default=list)
    """What is foreseen to be added to its cover sheet after the decision: ``{"key", "kind", "label", "label_en",
    "units"}``."""
    issued = models.BooleanField(default=False)
    """Whether what is decided is issued (施行): sent out, or published."""
    class_large = models.CharField(max_length=100)
    class_medium = models.CharField(max_length=100)
    position = models.IntegerField(default=0)
    note = models.TextField(blank=True)
    """Why it was changed, by whom and when; no person where an operator brought it in."""
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "code"], name="routing_matter_code")]


class FormDraft(models.Model):
    """The next form of a matter type while it is being written: whatever was typed, valid or not. It binds nobody."""

    tenant_id = models.IntegerField()
    code = models.CharField(max_length=40)
    rows = models.JSONField(default=list)
    """What was typed of each field, in the order of the form (see drafting.defining)."""
    question = models.CharField(max_length=300, blank=True)
    boilerplate = models.TextField(blank=True)
    effective = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    version = models.IntegerField(default=1)
    screen = models.CharField(max_length=40, blank=True)
    """Which screen kept it last: its next save is no conflict, whichever version it began from."""
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="routing_form_draft_of_a_matter")
        ]


class AuthorityTable(models.Model):
    """A version of the 決裁規程 別表. A draft may change; once enacted, only its open end may be closed."""

    DRAFT, ENACTED = "draft", "enacted"

    tenant_id = models.IntegerField()
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=ENACTED)
    effective = models.DateField()
    """The day a draft is meant for, and the first day of an enacted table."""
    period = DateRangeField(null=True)
    """Null while a draft: drafts are in nobody's way."""
    enacted_by = models.UUIDField(null=True)
    """The case that decided it; null for a table that an operator brought in."""
    note = models.TextField(blank=True)
    drafted_by = models.BigIntegerField(null=True)
    drafted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="routing_table_state",
                condition=models.Q(state="draft", period__isnull=True, enacted_by__isnull=True)
                | models.Q(state="enacted", period__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["tenant_id", "state"], name="routing_table_tenant")]


class AuthorityRow(models.Model):
    """One row: for which facts it applies, who decides, who must consent, what is kept for how long."""

    table = models.ForeignKey(AuthorityTable, models.CASCADE, related_name="rows")
    number = models.IntegerField()
    matter_code = models.CharField(max_length=40)
    units = ArrayField(models.CharField(max_length=20), default=list)
    amount_from = models.BigIntegerField(null=True)
    amount_below = models.BigIntegerField(null=True)
    flags = ArrayField(models.CharField(max_length=20), default=list)
    conditions = models.TextField(blank=True)
    level = models.CharField(max_length=20)
    decider_post = models.CharField(max_length=120, blank=True)
    delegated_from = models.CharField(max_length=20, blank=True)
    lifts_to = ArrayField(models.CharField(max_length=60), default=list)
    deputies = ArrayField(models.CharField(max_length=20), default=list)
    reviewers = ArrayField(models.CharField(max_length=140), default=list)
    consent_after = models.CharField(max_length=20, default="director")
    consents = ArrayField(models.CharField(max_length=140), default=list)
    circulation = ArrayField(models.CharField(max_length=140), default=list)
    series = models.CharField(max_length=20, blank=True)
    retention_code = models.CharField(max_length=20)
    disposal = models.CharField(max_length=20)
    marking = models.CharField(max_length=20)
    disclosure = models.CharField(max_length=20)
    bulk = models.BooleanField(default=False)
    rewording = models.BooleanField(default=False)
    quorum = models.IntegerField(null=True)
    standard_days = models.IntegerField(null=True)
    clause = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="routing_row_number")]
        indexes = [models.Index(fields=["table", "matter_code"], name="routing_row_matter")]


class AuthorityExample(models.Model):
    """Facts and who decides them: must come out so before the table takes effect. Posts by their codes."""

    table = models.ForeignKey(AuthorityTable, models.CASCADE, related_name="examples")
    number = models.IntegerField()
    matter_code = models.CharField(max_length=40)
    amount = models.BigIntegerField(null=True)
    flags = ArrayField(models.CharField(max_length=20), default=list)
    values = models.TextField(blank=True)
    drafter = models.CharField(max_length=120)
    decider = models.CharField(max_length=120)
    consents = ArrayField(models.CharField(max_length=120), default=list)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="routing_example_number")]
