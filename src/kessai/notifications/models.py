"""E-mails to be sent, and how each person wants them."""

from django.db import models
from django.db.models import CompositePrimaryKey


class Letter(models.Model):
    """A notice that goes out as an e-mail: by itself, or with others of the day (``how``: at_once, digest).

    Sent, or dropped because there is nothing to tell any more, once.
    """

    pk = CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    notice_id = models.UUIDField()
    person_id = models.BigIntegerField()
    how = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "notice_id"], name="notifications_letter_once")
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "how", "due_at"],
                condition=models.Q(sent_at=None, dropped_at=None),
                name="notifications_letter_waiting",
            )
        ]


class Choice(models.Model):
    """How a person wants their e-mails, and in which language; what is empty is as the ministry has it."""

    pk = CompositePrimaryKey("tenant_id", "person_id")
    tenant_id = models.IntegerField()
    person_id = models.BigIntegerField()
    tasks = models.CharField(max_length=10, blank=True)
    notices = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=10, blank=True)
    chosen_at = models.DateTimeField()
