"""Accounts that are made by the system itself."""

from __future__ import annotations

from django.db import transaction

from kessai.identity.models import User


def demo_user(*, person_id: int) -> User:
    """The account of a person of the demo, made on first use. It has no password: only the demo's page opens it."""
    with transaction.atomic():
        user, made = User.objects.get_or_create(
            person_id=person_id, defaults={"username": f"demo-{person_id}"}
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
    return user
