"""Units, posts, people and appointments, all over time. Identities are stable; what changes has a period."""

from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField
from django.db import models


class Tenant(models.Model):
    """A ministry or agency that keeps its own records and its own log."""

    id = models.IntegerField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)


class Unit(models.Model):
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="organisation_unit_code")]


class UnitVersion(models.Model):
    """What a unit is called, does and belongs to during a period."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions")
    period = DateRangeField()
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20)
    symbol = models.CharField(max_length=20, blank=True)
    functions = ArrayField(models.CharField(max_length=40), default=list)
    position = models.IntegerField(default=0)
    # Which set of changes began and ended this version, and the end it had before: what taking it back needs.
    change_id = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_from = models.DateField(null=True)


class Post(models.Model):
    """A seat in the organisation: routes, tasks and authority belong to posts."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    code = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="organisation_post_code")]


class PostVersion(models.Model):
    """Where a post sits and what it is called during a period.

    ``in_line`` posts review what their unit and the units below send up; the others only when a table asks.
    ``seats``: how many equal holders it may have.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="versions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = DateRangeField()
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=20)
    in_line = models.BooleanField(default=True)
    seats = models.SmallIntegerField(default=1, db_default=1)
    change_id = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_from = models.DateField(null=True)


class Person(models.Model):
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    staff_no = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True, default="", db_default="")
    """Where notices are mailed to; empty: they are in the inbox only."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "staff_no"], name="organisation_person_staff_no")
        ]


class Appointment(models.Model):
    """A person holds a post during a period; a post has one holder at a time, a shared one several at places 1, 2 …"""

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=20, default="regular")
    place = models.SmallIntegerField(default=1, db_default=1)
    period = DateRangeField()
    change_id = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_from = models.DateField(null=True)


class PostSuccession(models.Model):
    """Since a day the tasks, drafts and cases of an abolished post are those of its successor."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    successor = models.ForeignKey(Post, models.PROTECT, related_name="+")
    period = DateRangeField()
    change_id = models.UUIDField(null=True)


class UnitSuccession(models.Model):
    """What became of a unit: since a day its files, series and cases are its successors'; ``main`` is one of them."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    main = models.BooleanField(default=True)
    period = DateRangeField()
    change_id = models.UUIDField(null=True)


class DraftKeeping(models.Model):
    """During a period the drafts of a post that nobody holds are kept by another post."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    keeper = models.ForeignKey(Post, models.PROTECT, related_name="+")
    period = DateRangeField()
    change_id = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_from = models.DateField(null=True)


class Setting(models.Model):
    """Where the rules of ministries differ: a value by effective date. What is not set has the default."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    period = DateRangeField()
    value = models.JSONField()


class ClosingDay(models.Model):
    """A day on which a ministry is closed besides weekends, public holidays and the days of each year."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    day = models.DateField()
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="organisation_closingday_once")]


class Absence(models.Model):
    """A person cannot act during a time, to the minute. Whoever comes back early ends it: ``ended_at`` counts."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)


class Deputy(models.Model):
    """Who decides in a post's place while its holder is absent: in order, by matter type if need be.

    ``basis``: rule, or holder (appointed by whoever holds the post). In force from ``appointed_at`` on, until the
    list is replaced by another one; ``period`` ends with the day of that, and is empty if it had not begun.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Post, models.PROTECT, related_name="+")
    ordinal = models.SmallIntegerField()
    matters = ArrayField(models.CharField(max_length=40), default=list)
    period = DateRangeField()
    basis = models.CharField(max_length=10)
    appointed_by = models.BigIntegerField(null=True)
    appointed_at = models.DateTimeField()
    replaced_by = models.BigIntegerField(null=True)
    replaced_at = models.DateTimeField(null=True)
    change_id = models.UUIDField(null=True)


class Secretary(models.Model):
    """A post drafts and reads for another one. ``scopes``: draft, read, absence. Replaced as deputies are."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    secretary = models.ForeignKey(Post, models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=10))
    period = DateRangeField()
    appointed_by = models.BigIntegerField(null=True)
    appointed_at = models.DateTimeField()
    replaced_by = models.BigIntegerField(null=True)
    replaced_at = models.DateTimeField(null=True)


class Clearance(models.Model):
    """A post, or a person, may see matters of a marking or with a handling restriction. Replaced as deputies are.

    ``covers``: confidentiality3, the name of a restriction, or * for everything.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    covers = models.CharField(max_length=40)
    period = DateRangeField()
    given_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organisation_clearance_of_one",
                condition=models.Q(post__isnull=True, person__isnull=False)
                | models.Q(post__isnull=False, person__isnull=True),
            )
        ]


class ChangeSet(models.Model):
    """Appointment orders, or a reorganisation, that take effect together on a day.

    ``state``: draft, scheduled (the chart of that day has them), taken_back. Scheduled and past its day it is
    history.
    """

    id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    effective = models.DateField()
    state = models.CharField(max_length=20, default="draft")
    version = models.IntegerField(default=1)
    source_name = models.CharField(max_length=300, blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    scheduled_by = models.BigIntegerField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    taken_back_by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    checked = models.JSONField(null=True)


class ChangeWork(models.Model):
    """The last long act on a set of changes: a check, or scheduling it. ``ended_at`` None: it is under way.

    ``refused``: what was said when it was refused, [what, remedy, parameters].
    """

    change = models.OneToOneField(ChangeSet, models.CASCADE, primary_key=True, related_name="+")
    act = models.CharField(max_length=20)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    version = models.IntegerField()
    words = models.TextField(blank=True)
    done = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    refused = models.JSONField(null=True)


class OrderLine(models.Model):
    """A line of appointment orders as it was typed; nothing is lost because it cannot be read.

    ``…_read``: what ``orders.rules.read`` made of it when it was stored, for the database to work with.
    """

    change = models.ForeignKey(ChangeSet, models.CASCADE, related_name="+")
    number = models.IntegerField()
    act = models.TextField()
    staff_no = models.TextField()
    name = models.TextField()
    post = models.TextField()
    into = models.TextField()
    kind = models.TextField()
    until = models.TextField()
    note = models.TextField()
    act_read = models.TextField()
    staff_read = models.TextField()
    name_read = models.TextField()
    post_read = models.TextField()
    into_read = models.TextField()
    kind_read = models.TextField()
    until_read = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "number"], name="organisation_orderline_number")
        ]


class ReorganisationLine(models.Model):
    """A line of a reorganisation as it was typed: ``values`` by column."""

    change = models.ForeignKey(ChangeSet, models.CASCADE, related_name="+")
    number = models.IntegerField()
    values = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["change", "number"], name="organisation_reorganisationline_number"
            )
        ]
