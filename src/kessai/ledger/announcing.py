"""The operator is told by e-mail of what nobody may overlook."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext

from kessai.kernel.words import Text

log = logging.getLogger(__name__)


def tell_operator(subject: str, said: Sequence[Text]) -> bool:
    """To the address of KESSAI_OPERATOR_MAIL, in both languages; False where it did not leave, which stops nothing.
    Where there is no such address nothing is sent, and it is True."""
    if not settings.KESSAI_OPERATOR_MAIL:
        return True
    told = []
    for language in ("ja", "en"):
        with translation.override(language):
            told += [gettext(each.message) % dict(each.params) for each in said]
    try:
        send_mail(subject, "\n\n".join(told), None, [settings.KESSAI_OPERATOR_MAIL])
    except OSError:
        log.exception("the operator could not be told by e-mail")
        return False
    return True
