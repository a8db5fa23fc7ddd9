"""The log of a ministry: entries appended by acts, numbered and integrated by the sequencer."""

from django.db import models
from django.db.models import CompositePrimaryKey


class Entry(models.Model):
    """What an act appends, in its own transaction: canonical bytes of salted digests, no content."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    leaf = models.BinaryField()
    appended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "case_id", "seq"], name="ledger_entry_case_seq")
        ]


class Pending(models.Model):
    """The outbox: entries committed and not yet numbered. The one ledger table that rows leave."""

    pk = CompositePrimaryKey("tenant_id", "entry_id")
    tenant_id = models.IntegerField()
    entry_id = models.UUIDField()


class Leaf(models.Model):
    """The number an entry got in its log, from 0, without a gap."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "index")
    tenant_id = models.IntegerField()
    index = models.BigIntegerField()
    entry_id = models.UUIDField()
    leaf_hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "entry_id"], name="ledger_leaf_entry")]


class Checkpoint(models.Model):
    """A signed note over size and root of a log (C2SP tlog-checkpoint)."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "size")
    tenant_id = models.IntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()


class Key(models.Model):
    """Something said of a key of a log: that it signs from a size on, up to a size, or was stolen at a time."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "vkey", "what", "said_at")
    tenant_id = models.IntegerField()
    vkey = models.TextField()
    what = models.CharField(max_length=12)
    size = models.BigIntegerField()
    at = models.DateTimeField()
    said_at = models.DateTimeField()


class Timestamp(models.Model):
    """The word of an authority that a checkpoint was there (RFC 3161), over the text of its note."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "size", "authority")
    tenant_id = models.IntegerField()
    size = models.BigIntegerField()
    authority = models.TextField()
    token = models.BinaryField()
    stamped_at = models.DateTimeField()
    received_at = models.DateTimeField()


class Cosignature(models.Model):
    """The line with which a witness has cosigned a checkpoint (C2SP tlog-cosignature)."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "size", "key_hash")
    tenant_id = models.IntegerField()
    size = models.BigIntegerField()
    key_hash = models.BinaryField()
    line = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant_id", "key_hash", "received_at", "size"], name="ledger_cosignature_last"
            )
        ]


class Alarm(models.Model):
    """What a witness said against a log."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    key_hash = models.BinaryField()
    witness = models.TextField()
    what = models.TextField()
    ours = models.BigIntegerField()
    theirs = models.BigIntegerField(null=True)
    said = models.TextField()
    at = models.DateTimeField()


class AlarmEnd(models.Model):
    """Why an alarm stands no more: the witness answers rightly again, or somebody has looked into it and says why."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "alarm_id", "how")
    tenant_id = models.IntegerField()
    alarm_id = models.UUIDField()
    how = models.TextField()
    by = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()


class AlarmTold(models.Model):
    """When the e-mail about an alarm left for the operator; no part of the record: without it they are told again."""

    pk = CompositePrimaryKey("tenant_id", "alarm_id")
    tenant_id = models.IntegerField()
    alarm_id = models.UUIDField()
    at = models.DateTimeField()


class Heartbeat(models.Model):
    """When the sequencer last came by; one row."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
