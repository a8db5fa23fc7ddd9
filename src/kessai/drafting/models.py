"""What is being written, and the fixed versions of it that went onto a route."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CompositePrimaryKey


class Draft(models.Model):
    """The working copy: whatever was typed, valid or not. Its id becomes the id of the case."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    post_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    matter_code = models.CharField(max_length=40)
    typed = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    touched = models.JSONField(default=dict)
    """By key the version, person, screen and time that last changed it (versions.rules.Touch)."""
    open = models.BooleanField(default=True)
    revisions = models.IntegerField(default=0)
    needs = ArrayField(models.CharField(max_length=40), default=list)
    """What whoever sees it must be cleared for, by its last revision."""
    carried = models.JSONField(default=dict)
    """By key what it has from an earlier case and must be touched before it is submitted (see carrying)."""
    by_hand = models.JSONField(default=list)
    """Steps that the drafter wants on the route besides those of the table, until the next submission."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "post_id", "open"], name="drafting_draft_mine")]


class Attachment(models.Model):
    """A file on a draft, in order; its bytes are stored once by their hash."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    draft_id = models.UUIDField()
    position = models.IntegerField()
    title = models.CharField(max_length=300)
    filename = models.CharField(max_length=300)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "draft_id"], name="drafting_attachment_draft"),
            models.Index(fields=["tenant_id", "sha256"], name="drafting_attachment_file"),
        ]


class Revision(models.Model):
    """A fixed version that was submitted. ``content`` and ``attachments`` are bound by ``content_hash``."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "draft_id", "number")
    tenant_id = models.IntegerField()
    draft_id = models.UUIDField()
    number = models.IntegerField()
    content = models.JSONField()
    attachments = models.JSONField()
    content_hash = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            GinIndex(fields=["attachments"], opclasses=["jsonb_path_ops"], name="drafting_revision_files")
        ]


class Inspection(models.Model):
    """What a look into a stored file found: derived from its bytes, and made again from them when it is lost."""

    pk = CompositePrimaryKey("tenant_id", "sha256")
    tenant_id = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    macros = models.BooleanField(default=False)
    encrypted = models.BooleanField(default=False)
    broken = models.BooleanField(default=False)
    unread = models.BooleanField(default=False)
    pages = models.IntegerField(default=0)
    """That can be shown as pictures: of the file, or of the PDF made of it."""
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    text = models.TextField(default="")
    text_cut = models.BooleanField(default=False)
    made_by = models.IntegerField()
    """The version of the program that looked."""
    made_at = models.DateTimeField()


class Scan(models.Model):
    """What the virus scanner said of a stored file: waiting, clean, infected, or too_large to be scanned."""

    pk = CompositePrimaryKey("tenant_id", "sha256")
    tenant_id = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    threat = models.CharField(max_length=200, default="")
    down = models.BooleanField(default=False)
    """The scanner did not answer when it was last asked."""
    asked_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    """When the bytes were taken away, as they were infected; null while they are there, or are there again."""


class Upload(models.Model):
    """A large file on its way to a draft, in parts; how much of it has come is the size of its file on the disk."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    draft_id = models.UUIDField()
    person_id = models.BigIntegerField()
    filename = models.CharField(max_length=300)
    length = models.BigIntegerField()
    mark = models.CharField(max_length=600)
    """By which a browser knows the same file again: its name, size and date."""
    attached_as = models.UUIDField(null=True)
    begun_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "draft_id"], name="drafting_upload_draft")]


class Version(models.Model):
    """What a draft was between its saves: a working copy's past, no part of the record. It goes when the case ends."""

    pk = CompositePrimaryKey("tenant_id", "draft_id", "number")
    tenant_id = models.IntegerField()
    draft_id = models.UUIDField()
    number = models.IntegerField()
    """The version that the draft had."""
    typed = models.JSONField()
    files = models.JSONField()
    """Its attachments in their order; their bytes are stored by their hash."""
    person_id = models.BigIntegerField()
    """Who last saved it so, with the name of the day on which it was kept."""
    person_name = models.CharField(max_length=100)
    saved_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    why = models.CharField(max_length=20, blank=True)


class Released(models.Model):
    """A stored file that something named and names no more: its bytes go, unless something else names them."""

    pk = CompositePrimaryKey("tenant_id", "sha256")
    tenant_id = models.IntegerField()
    sha256 = models.CharField(max_length=64)


class Findable(models.Model):
    """By what pairs of letters a stored file is found: of its text, and made again from it when it is lost."""

    pk = CompositePrimaryKey("tenant_id", "sha256")
    tenant_id = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    pairs = ArrayField(models.IntegerField())
    made_at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex(fields=["pairs"], name="drafting_findable_pairs")]
