"""The addresses of the pages."""

from __future__ import annotations

from django.urls import include, path

from kessai.web import converters  # noqa: F401 - registers ``ref``
from kessai.web.base.language import language
from kessai.web.finding.views import search
from kessai.web.home.views import home, seen
from kessai.web.keys.views import keys
from kessai.web.log.views import logs
from kessai.web.mailing.views import mail
from kessai.web.proof.evidence import bundle, full
from kessai.web.proof.verifier import verifier
from kessai.web.proof.views import proof
from kessai.web.signin.views import enter, sign_in

urlpatterns = [
    path("", home, name="inbox"),
    path("notices/seen/", seen, name="seen"),
    path("mail/", mail, name="mail"),
    path("keys/", keys, name="keys"),
    path("search/", search, name="search"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/enter/", enter, name="enter"),
    path("language/", language, name="language"),
    path("", include("kessai.web.drafting.urls")),
    path("cases/<ref:ref>/proof/", proof, name="proof"),
    path("cases/<ref:ref>/evidence/", bundle, name="evidence"),
    path("cases/<ref:ref>/evidence/full.zip", full, name="evidence-full"),
    path("evidence/verify.html", verifier, name="verifier"),
    path("", include("kessai.web.deciding.urls")),
    path("", include("kessai.web.letters.urls")),
    path("", include("kessai.web.sealed.urls")),
    path("", include("kessai.web.receiving.urls")),
    path("", include("kessai.web.keeping.urls")),
    path("", include("kessai.web.standing.urls")),
    path("", include("kessai.web.chart.urls")),
    path("", include("kessai.web.rulebook.urls")),
    path("", include("kessai.web.changes.urls")),
    path("", include("kessai.web.absence.urls")),
    path("log/", logs, name="logs"),
]
