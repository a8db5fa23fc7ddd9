"""Who signs in. An account is a person's; what the person may do follows from the posts held that day."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from kessai.organisation.models import Person


class User(AbstractUser):
    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="+")
