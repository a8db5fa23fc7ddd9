"""Every address of the house; those of the pages are in kessai.web.urls."""

from __future__ import annotations

from django.urls import include, path

from kessai.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
]
