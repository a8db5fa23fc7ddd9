"""Whoever opens pages in tests."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

SignIn = Callable[..., Client]
"""``as_("director", "en")``: a browser in which that person of the stage is signed in, in that language."""
