"""Cases, their steps, and the events that are the record of who did what in which capacity."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CompositePrimaryKey


class Case(models.Model):
    """The current state of a matter on its route. Everything here can be recomputed from the events."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    state = models.CharField(max_length=20)
    matter_code = models.CharField(max_length=40)
    matter_name = models.CharField(max_length=200)
    table_id = models.BigIntegerField()
    title = models.TextField()
    question = models.TextField()
    amount = models.BigIntegerField(null=True)
    deadline = models.DateField(null=True)
    urgent = models.BooleanField(default=False)
    only_read = models.BooleanField(default=False)
    """Circulation only: decided by nobody, over when all have read it or the deadline has passed."""
    bulk = models.BooleanField(default=False)
    """Its row lets it be answered together with others (一括, S25)."""
    drafter_post_id = models.BigIntegerField()
    drafter_person_id = models.BigIntegerField()
    drafter_name = models.CharField(max_length=100)
    drafter_unit_id = models.BigIntegerField()
    drafter_unit_name = models.CharField(max_length=200)
    revision = models.IntegerField()
    content_hash = models.BinaryField()
    round = models.IntegerField()
    last_seq = models.IntegerField()
    flagged_seq = models.IntegerField(null=True)
    """The event that last raised a flag on the revision in force."""
    needs = ArrayField(models.CharField(max_length=40), default=list)
    """What whoever sees the case must be cleared for (S28)."""
    joint_units = ArrayField(models.BigIntegerField(), default=list)
    """The units besides the drafting one in whose name it is decided (連名): their staff see it too."""
    number = models.CharField(max_length=100, blank=True)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "drafter_post_id", "state"], name="decisions_case_drafter"),
            models.Index(fields=["tenant_id", "drafter_unit_id", "decided_at"], name="decisions_case_unit"),
            models.Index(fields=["tenant_id", "matter_code", "decided_at"], name="decisions_case_matter"),
            models.Index(fields=["tenant_id", "number"], name="decisions_case_number"),
            models.Index(
                fields=["tenant_id", "id"], condition=~models.Q(needs=[]), name="decisions_case_marked"
            ),
        ]


class Step(models.Model):
    """A place on the route, and the task it becomes. Tasks belong to posts: a transfer writes none of these."""

    pk = CompositePrimaryKey("tenant_id", "case_id", "round", "position")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    round = models.IntegerField()
    position = models.IntegerField()
    stage = models.IntegerField()
    kind = models.CharField(max_length=20)
    post_id = models.BigIntegerField()
    post_title = models.CharField(max_length=200)
    unit_name = models.CharField(max_length=200)
    reasons = models.JSONField()
    delegated = models.BooleanField(default=False)
    state = models.CharField(max_length=20)
    opened_at = models.DateTimeField(null=True)
    acted_seq = models.IntegerField(null=True)
    held_seq = models.IntegerField(null=True)
    """The event that holds it (保留)."""
    added_by = models.BigIntegerField(null=True)
    """The post that added it by hand; null where the authority table put it there."""
    quorum = models.IntegerField(null=True)
    answer_by = models.DateField(null=True)
    """By when whoever added it asked for the answer; it ends nothing."""

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant_id", "post_id"],
                condition=models.Q(state="open"),
                name="decisions_step_inbox",
            ),
            models.Index(fields=["tenant_id", "post_id", "case_id"], name="decisions_step_post"),
        ]


class Event(models.Model):
    """One act, with the person, post, title and unit of that day. The record; never changed."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "case_id", "seq")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    act_id = models.UUIDField()
    at = models.DateTimeField()
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=100)
    post_id = models.BigIntegerField()
    post_title = models.CharField(max_length=200)
    unit_name = models.CharField(max_length=200)
    capacity = models.CharField(max_length=20)
    round = models.IntegerField()
    position = models.IntegerField(null=True)
    revision = models.IntegerField()
    remark = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    salt = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "act_id"], name="decisions_event_act")]
        indexes = [models.Index(fields=["tenant_id", "person_id", "case_id"], name="decisions_event_person")]


class Notice(models.Model):
    """Somebody is told: of an event (``seq``), or of what a day brought. It asks nothing; the event has the words.

    ``about``: event; task, which the event opened at ``position``; or, with no event, reminder, stuck, held of the
    step at ``position`` (0: the case with its drafter), once for ``day``. A place below 0 is not of the route: the
    request (question, 回付) that the event of that seq made. Of a draft that was not submitted yet: preview, somebody
    is asked to look at it, and previewed, the answer; commented, words beside its text for its drafter, and replied,
    for others; handed, it was given to a post. Which preview it is about, says ``preview_id``.
    """

    EVENT, TASK, REMINDER, STUCK, HELD = "event", "task", "reminder", "stuck", "held"
    PREVIEW, PREVIEWED = "preview", "previewed"
    COMMENTED, REPLIED, HANDED = "commented", "replied", "handed"

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    case_id = models.UUIDField()
    about = models.CharField(max_length=20, default=EVENT)
    seq = models.IntegerField(null=True)
    round = models.IntegerField()
    position = models.IntegerField(default=0)
    day = models.DateField(null=True)
    preview_id = models.UUIDField(null=True)
    person_id = models.BigIntegerField()
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case_id", "seq", "person_id"], name="decisions_notice_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "case_id", "about", "round", "position", "day", "person_id"],
                condition=models.Q(seq=None),
                name="decisions_notice_once_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "person_id", "told_at"],
                condition=models.Q(seen_at=None),
                name="decisions_notice_unseen",
            )
        ]


class Issuing(models.Model):
    """What is still to be issued of a decided case (issuing.rules); only where its kind of matter is issued."""

    pk = CompositePrimaryKey("tenant_id", "case_id")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    state = models.CharField(max_length=20)
    planned_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant_id", "planned_on"],
                condition=models.Q(state__in=("due", "partly", "sealing")),
                name="decisions_issuing_due",
            )
        ]


class Issue(models.Model):
    """施行: one record of what was sent out, and whether it stands. Follows from the events of its case."""

    pk = CompositePrimaryKey("tenant_id", "case_id", "seq")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    state = models.CharField(max_length=20)
    issued_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "issued_on"], name="decisions_issue_day")]


class Receipt(models.Model):
    """収受: what arrived from outside for a unit, and where it stands. Follows from its events."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    unit_id = models.BigIntegerField()
    unit_name = models.CharField(max_length=200)
    fiscal_year = models.IntegerField()
    serial = models.IntegerField()
    number = models.CharField(max_length=100)
    title = models.TextField()
    sender = models.CharField(max_length=200)
    sender_number = models.CharField(max_length=200, blank=True)
    sent_on = models.DateField(null=True)
    arrived_on = models.DateField()
    medium = models.CharField(max_length=100)
    medium_en = models.CharField(max_length=100)
    marking = models.CharField(max_length=20)
    needs = ArrayField(models.CharField(max_length=40), default=list)
    """What whoever sees it must be cleared for (S28)."""
    files = models.JSONField(default=list)
    state = models.CharField(max_length=20)
    post_id = models.BigIntegerField(null=True)
    """That is to handle it."""
    case_id = models.UUIDField(null=True)
    """The last case that answers it or that it was added to."""
    last_seq = models.IntegerField()
    registered_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant_id", "unit_id", "fiscal_year", "serial"], name="decisions_receipt_register"
            ),
            models.Index(
                fields=["tenant_id", "post_id"],
                condition=models.Q(state="assigned"),
                name="decisions_receipt_inbox",
            ),
        ]


class ReceiptEvent(models.Model):
    """What happened to a receipt, with the person, post and title of that day. The record; never changed."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "receipt_id", "seq")
    tenant_id = models.IntegerField()
    receipt_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    act_id = models.UUIDField()
    at = models.DateTimeField()
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=100)
    post_id = models.BigIntegerField()
    post_title = models.CharField(max_length=200)
    unit_name = models.CharField(max_length=200)
    remark = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    salt = models.BinaryField()

    class Meta:
        constraints = [
            # One submission may answer several receipts.
            models.UniqueConstraint(
                fields=["tenant_id", "act_id", "receipt_id"], name="decisions_receipt_act"
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "person_id", "receipt_id"], name="decisions_receipt_person")
        ]


class ReceiptLink(models.Model):
    """Which draft was begun from which receipt; the submission binds it. Goes only with a draft thrown away."""

    pk = CompositePrimaryKey("tenant_id", "draft_id", "receipt_id")
    tenant_id = models.IntegerField()
    draft_id = models.UUIDField()
    receipt_id = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "receipt_id"], name="decisions_receipt_drafts")]


class DecidedOriginal(models.Model):
    """原議: the whole decided draft, canonical JSON and its hash. Never changes."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "case_id")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    body = models.TextField()
    sha256 = models.BinaryField()
    decided_at = models.DateTimeField()


class CoverSheet(models.Model):
    """A PDF/A made from a decided original after the decision, and again after every addition; all are kept."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "case_id", "shows")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    shows = models.IntegerField(default=0)
    """Seq of the last addition that it shows; 0 for the one made at the decision."""
    sha256 = models.BinaryField()
    size = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "sha256"], name="decisions_coversheet_file")]


class SignedSheet(models.Model):
    """A cover sheet with the ministry's signature behind it (PAdES), of the same number as the unsigned one."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "case_id", "shows")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    shows = models.IntegerField(default=0)
    sha256 = models.BinaryField()
    size = models.BigIntegerField()
    signed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "sha256"], name="decisions_signedsheet_file")]


class SealedLetter(models.Model):
    """Where the letter with a public code is: ``place`` among those that the event ``seq`` put a seal to, from 1."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "code")
    tenant_id = models.IntegerField()
    code = models.CharField(max_length=40)
    """Unguessable; it stands on the letter."""
    case_id = models.UUIDField()
    seq = models.IntegerField()
    place = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "case_id", "seq", "place"], name="decisions_sealedletter_place"
            )
        ]


class StampedFile(models.Model):
    """A signed file: ``until`` its last time stamp can be checked. As it was signed (``first`` is its own ``sha256``),
    and each renewal of it, with the hash of what was signed as ``first``, which stands at its head."""

    append_only = True

    pk = CompositePrimaryKey("tenant_id", "sha256")
    tenant_id = models.IntegerField()
    sha256 = models.BinaryField()
    first = models.BinaryField()
    case_id = models.UUIDField()
    size = models.BigIntegerField()
    until = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "until"], name="decisions_stamped_until"),
            models.Index(fields=["tenant_id", "first", "until"], name="decisions_stamped_first"),
            models.Index(fields=["tenant_id", "case_id"], name="decisions_stamped_case"),
        ]


class SigningFault(models.Model):
    """That the key of a ministry for a use does not sign, since when and why; gone once it does. No part of the record.

    ``use``: record, ``seal:`` and the code of an official seal, or renewal (of time stamps). ``cause``: key, what it
    takes to sign with it; stamp, no authority stamps the time. ``told_at``: when the operator was told.
    """

    KEY, STAMP = "key", "stamp"

    pk = CompositePrimaryKey("tenant_id", "use", "cause")
    tenant_id = models.IntegerField()
    use = models.CharField(max_length=100)
    cause = models.CharField(max_length=10)
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    message = models.TextField()
    params = models.JSONField(default=dict)
    """Of the last failure, in Japanese (see kernel.words.Text)."""
    told_at = models.DateTimeField(null=True)


class Foreseen(models.Model):
    """What the cover sheet of a decided case foresees and nobody has added (A66): a list to work from, no record."""

    pk = CompositePrimaryKey("tenant_id", "case_id", "key")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    key = models.TextField()
    label = models.TextField()
    label_en = models.TextField()
    units = ArrayField(models.TextField())
    """Functions, or ``unit:<code>``, of the units that may add it."""


class CaseLink(models.Model):
    """Which earlier case a draft was begun from; the submission binds it. Goes only with a draft thrown away."""

    CORRECTS, COPIED_FROM, FOLLOWS = "corrects", "copied_from", "follows"
    KINDS = (CORRECTS, COPIED_FROM, FOLLOWS)

    pk = CompositePrimaryKey("tenant_id", "draft_id")
    tenant_id = models.IntegerField()
    draft_id = models.UUIDField()
    """The draft, and so the case: a case keeps the id of its draft."""
    kind = models.CharField(max_length=20)
    earlier_id = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "earlier_id"], name="decisions_link_earlier")]


class Enactment(models.Model):
    """Which draft of an authority table a case is to put into effect, and what of it the case's files show."""

    pk = CompositePrimaryKey("tenant_id", "draft_id")
    tenant_id = models.IntegerField()
    draft_id = models.UUIDField()
    """The draft, and so the case: a case keeps the id of its draft."""
    table_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    """Of the whole table when its files were attached; the submission binds it."""
    attached_sha256 = models.CharField(max_length=64)
    """Of the attached CSV of its rows."""
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "table_id"], name="decisions_enactment_table")
        ]


class TableUpload(models.Model):
    """A file that somebody sent in as an authority table, readable or not, and what was wrong with it."""

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    table_id = models.BigIntegerField(null=True)
    """The draft it was meant to replace, or that it became; null while it became none."""
    filename = models.CharField(max_length=300)
    source = models.BinaryField()
    examples_filename = models.CharField(max_length=300, blank=True)
    examples_source = models.BinaryField(null=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    effective = models.DateField(null=True)
    note = models.TextField(blank=True)
    faults = models.JSONField(default=list)
    """``{"line", "sheet", "text", "params"}`` for each line that cannot be read."""
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "at"], name="decisions_upload_at")]


class Request(models.Model):
    """A post is asked something about a case, or shown it first by its head (回付). Asks in its inbox, decides nothing.

    The event ``seq`` has the words; who answered is in the event ``closed_seq``. All of it follows from the events.
    """

    pk = CompositePrimaryKey("tenant_id", "case_id", "seq")
    tenant_id = models.IntegerField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    post_id = models.BigIntegerField()
    round = models.IntegerField()
    position = models.IntegerField(null=True)
    """The step that was passed on; null for a question."""
    closed_seq = models.IntegerField(null=True)
    """The event by which it was over: answered, dropped, or no longer needed."""

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant_id", "post_id"],
                condition=models.Q(closed_seq=None),
                name="decisions_request_inbox",
            ),
            models.Index(fields=["tenant_id", "post_id", "case_id"], name="decisions_request_post"),
        ]


class Preview(models.Model):
    """事前確認: a draft is shown to a post before its submission, and what was remarked. Binds nobody.

    ``level``: read; comment, remark on it and write beside it; edit, write in it too; gave, its post had drafted it and
    gave it away, and goes on reading it and the case. A remark belongs to the version of the draft that was on the
    screen. ``recorded_seq``: the submission that closed it; one that was remarked on is in that event.
    """

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    draft_id = models.UUIDField()
    act_id = models.UUIDField()
    post_id = models.BigIntegerField()
    level = models.CharField(max_length=10, default="comment")
    by_person_id = models.BigIntegerField()
    by_person_name = models.CharField(max_length=100)
    by_post_title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    """Who looked at it, with name, post and unit of that day."""
    person_name = models.CharField(max_length=100, blank=True)
    post_title = models.CharField(max_length=200, blank=True)
    unit_name = models.CharField(max_length=200, blank=True)
    remark = models.TextField(blank=True)
    """Empty where there was nothing to remark."""
    version = models.IntegerField(null=True)
    remarked_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    recorded_seq = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "act_id"], name="decisions_preview_act"),
            models.UniqueConstraint(
                fields=["tenant_id", "draft_id", "post_id"],
                condition=models.Q(remarked_at=None, withdrawn_at=None, recorded_seq=None)
                & ~models.Q(level="gave"),
                name="decisions_preview_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "post_id"],
                condition=models.Q(remarked_at=None, withdrawn_at=None, recorded_seq=None),
                name="decisions_preview_inbox",
            ),
            models.Index(fields=["tenant_id", "draft_id"], name="decisions_preview_draft"),
        ]


class DraftComment(models.Model):
    """Words beside the text of a draft (コメント), or an answer to them: talk about a working copy, not of the record.

    It goes when the draft is thrown away or its case has ended. ``thread_id``: the comment that it answers, or itself.
    """

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    draft_id = models.UUIDField()
    act_id = models.UUIDField()
    thread_id = models.UUIDField()
    preview_id = models.UUIDField(null=True)
    """By which its writer sees the draft; None for the drafter."""
    anchor = models.JSONField()
    """The field, with the passage if one was marked (anchors.Passage)."""
    text = models.TextField()
    version = models.IntegerField()
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=100)
    post_title = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "act_id"], name="decisions_draftcomment_act"),
        ]
        indexes = [models.Index(fields=["tenant_id", "draft_id"], name="decisions_draftcomment_draft")]
