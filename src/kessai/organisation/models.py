"""Units, posts, people and appointments, all over time. Identities are stable; what changes has a period."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
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


class Post(models.Model):
    """A seat in the organisation: routes, tasks and authority belong to posts."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    code = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="organisation_post_code")]


class PostVersion(models.Model):
    """Where a post sits and what it is called during a period.

    ``in_line`` posts review what their unit and the units below send up; the others only when a table asks.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="versions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = DateRangeField()
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=20)
    in_line = models.BooleanField(default=True)


class Person(models.Model):
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    staff_no = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "staff_no"], name="organisation_person_staff_no")
        ]


class Appointment(models.Model):
    """A person holds a post during a period; a post has one holder at a time."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=20, default="regular")
    period = DateRangeField()
