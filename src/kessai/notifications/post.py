"""The adapter to the post: letters into the queue, texts in the receiver's language, mails through Django's backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from kessai.decisions.telling.queries import Told
from kessai.organisation.queries import Address

SEND = "notifications.send"
PAGES = {
    "preview": "drafting:preview",
    "previewed": "drafting:draft",
    "commented": "drafting:draft",
    "replied": "drafting:preview",
    "handed": "drafting:draft",
}
"""Where a notice leads that is not of a case: to the draft as it is shown, and to the own draft."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a mail tells of one case. ``hidden``: only that there is something."""

    told: Told
    hidden: bool

    @property
    def link(self) -> str:
        ref = f"{self.told.tenant_id}-{self.told.case_id}"
        page = PAGES.get(self.told.about, "deciding:case")
        return settings.KESSAI_PUBLIC_URL + reverse(page, kwargs={"ref": ref})


def have_sent(*, tenant_id: int, letters: Sequence[UUID]) -> None:
    """Have letters sent by the queue, each by a job of its own: one that cannot be sent keeps back no other."""
    jobs: list[dict[str, JSONValue]] = [{"tenant_id": tenant_id, "letter": str(letter)} for letter in letters]
    if jobs:
        app.configure_task(SEND, queue="mail").batch_defer(*jobs)


def mail(*, address: Address, language: str, items: Sequence[Item], together: bool, name: str) -> None:
    """Send one mail; ``name``: of the first letter in it, so that a mail sent twice is one to the receiver's post."""
    host = settings.KESSAI_PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    with translation.override(language or settings.LANGUAGE_CODE):
        context = {
            "items": items,
            "first": items[0],
            "together": together,
            "address": address,
            "choose": settings.KESSAI_PUBLIC_URL + reverse("mail"),
        }
        message = EmailMessage(
            subject=" ".join(render_to_string("notifications/subject.txt", context).split()),
            body=render_to_string("notifications/mail.txt", context),
            to=[address.email],
            headers={
                "Message-ID": f"<{name}@{host}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": translation.get_language() or "",
            },
        )
    message.send()
