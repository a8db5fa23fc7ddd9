"""Every address of the house; those of the pages are in kessai.web.urls."""

from __future__ import annotations

from django.urls import include, path

from kessai.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("kessai.web.urls")),
]

handler400 = "kessai.web.base.errors.bad_request"
handler403 = "kessai.web.base.errors.forbidden"
handler404 = "kessai.web.base.errors.not_found"
handler500 = "kessai.web.base.errors.broken"
