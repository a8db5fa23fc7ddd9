"""Numbers, record files, what is kept for how long; ways of issuing and official seals."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import CompositePrimaryKey


class NumberFormat(models.Model):
    """How a ministry writes the numbers of a kind (records.rules), by effective date: ``{symbol}第{serial}号``."""

    tenant_id = models.IntegerField()
    kind = models.CharField(max_length=20, default="decision")
    period = DateRangeField()
    template = models.CharField(max_length=100)


class RetentionClass(models.Model):
    """A retention period of the retention table, by effective date; ``years`` null: no computed end."""

    tenant_id = models.IntegerField()
    code = models.CharField(max_length=20)
    period = DateRangeField()
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    years = models.IntegerField(null=True)


class IssueMethod(models.Model):
    """A way in which decisions are issued (施行方法), by effective date. ``to_public``: it names no addressee."""

    tenant_id = models.IntegerField()
    code = models.CharField(max_length=20)
    period = DateRangeField()
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    to_public = models.BooleanField(default=False)
    position = models.IntegerField(default=0)


class Seal(models.Model):
    """An official seal (公印) while it is valid, the post that keeps it, and for which issues it is needed.

    It is needed where the matter is one of ``matters`` and the method one of ``methods``; ``*`` in them is any.
    """

    tenant_id = models.IntegerField()
    code = models.CharField(max_length=20)
    period = DateRangeField()
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    keeper_post_id = models.BigIntegerField()
    matters = ArrayField(models.CharField(max_length=40), default=list)
    methods = ArrayField(models.CharField(max_length=20), default=list)
    position = models.IntegerField(default=0)


class Addressee(models.Model):
    """An addressee of notices in a group of a ministry's directory, by effective date, as it is written in a line."""

    tenant_id = models.IntegerField()
    group = models.CharField(max_length=60)
    group_en = models.CharField(max_length=60, blank=True)
    group_position = models.IntegerField(default=0)
    name = models.CharField(max_length=200)
    keywords = models.CharField(max_length=200, blank=True)
    """By what it is found besides its name."""
    position = models.IntegerField(default=0)
    period = DateRangeField()
    changed_by = models.BigIntegerField(null=True)
    """The person who put it there; null for an operator."""
    changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "group"], name="records_addressee_group")]


class LetterLayout(models.Model):
    """How letters to be issued (施行文) are laid out, by effective date; see records.issuing.layouts.

    ``matters``: codes of the kinds of matter that it is for; none: all whose decisions are issued.
    """

    tenant_id = models.IntegerField()
    code = models.CharField(max_length=20)
    period = DateRangeField()
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    mark = models.CharField(max_length=20, blank=True)
    seal = models.CharField(max_length=10)
    each = models.BooleanField(default=False)
    honorific = models.CharField(max_length=10, blank=True)
    matters = ArrayField(models.CharField(max_length=40), default=list)
    position = models.IntegerField(default=0)


class NumberSeries(models.Model):
    """The last serial given for a symbol in a fiscal year; its row lock makes the series gapless."""

    pk = CompositePrimaryKey("tenant_id", "symbol", "fiscal_year")
    tenant_id = models.IntegerField()
    symbol = models.CharField(max_length=20)
    fiscal_year = models.IntegerField()
    last = models.IntegerField()


class DocumentNumber(models.Model):
    """A number given to a decision, once."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "symbol", "fiscal_year", "serial")
    tenant_id = models.IntegerField()
    symbol = models.CharField(max_length=20)
    fiscal_year = models.IntegerField()
    serial = models.IntegerField()
    text = models.CharField(max_length=100)
    case_id = models.UUIDField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "case_id"], name="records_number_case")]


class ReceiptSeries(models.Model):
    """The last serial given to what arrived for a unit in a fiscal year; its row lock makes the series gapless."""

    pk = CompositePrimaryKey("tenant_id", "unit_id", "fiscal_year")
    tenant_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    fiscal_year = models.IntegerField()
    last = models.IntegerField()


class ReceiptNumber(models.Model):
    """A number given to what arrived from outside (収受番号), once."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "unit_id", "fiscal_year", "serial")
    tenant_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    fiscal_year = models.IntegerField()
    serial = models.IntegerField()
    text = models.CharField(max_length=100)
    receipt_id = models.UUIDField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "receipt_id"], name="records_number_receipt")
        ]


class RecordFile(models.Model):
    """行政文書ファイル: the unit of classification, retention and disposal."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    unit_id = models.BigIntegerField()
    fiscal_year = models.IntegerField()
    class_large = models.CharField(max_length=100)
    class_medium = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    retention_code = models.CharField(max_length=20)
    made_on = models.DateField()
    starts_on = models.DateField()
    expires_on = models.DateField(null=True)
    disposal = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "unit_id", "fiscal_year", "name", "retention_code"],
                name="records_file_name",
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "unit_id", "expires_on"], name="records_file_expiry"),
        ]


class Record(models.Model):
    """A decided case, filed."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "case_id")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    file_id = models.UUIDField()
    title = models.TextField()
    made_on = models.DateField()
    retention_code = models.CharField(max_length=20)
    starts_on = models.DateField()
    expires_on = models.DateField(null=True)
    marking = models.CharField(max_length=20)
    disclosure = models.CharField(max_length=20)


class DisposalConsent(models.Model):
    """The consent that a record file is destroyed (廃棄の同意): no content goes without one. The latest counts."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    file_id = models.UUIDField()
    given_by = models.CharField(max_length=200)
    reference = models.CharField(max_length=200)
    given_on = models.DateField()
    recorded_at = models.DateTimeField()
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=100)
    post_title = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "file_id"], name="records_consent_file")]


class RetentionHold(models.Model):
    """Why a record file is kept beyond its period (保存期間の延長): an audit, litigation, a disclosure request.

    ``until``: the last day of it; null while that is not known.
    """

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    file_id = models.UUIDField()
    ground = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    begun_at = models.DateTimeField()
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=100)
    post_title = models.CharField(max_length=200)
    until = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "file_id"], name="records_hold_file")]


class DisposedRecord(models.Model):
    """What the register keeps of a record whose content was destroyed: when, and of which file it was."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "case_id")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    file_id = models.UUIDField()
    title = models.TextField(blank=True)
    """Empty where it may not be told."""
    made_on = models.DateField()
    retention_code = models.CharField(max_length=20)
    starts_on = models.DateField()
    expires_on = models.DateField()
    marking = models.CharField(max_length=20)
    disclosure = models.CharField(max_length=20)
    disposed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "file_id"], name="records_disposed_file")]
