"""Which PostgreSQL this installation uses, and the connection strings of its roles."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from kessai.config import embedded, environment, place
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

OLDEST_SERVER = 150000
APPLICATION = embedded.APPLICATION


class CannotUseDatabase(Cannot):
    """The PostgreSQL that KESSAI_DATABASE_URL points to cannot be used."""


class CannotTellSuperuser(Cannot):
    """Only the embedded database's superuser is known to kessai."""


def is_embedded() -> bool:
    return not environment.database_url()


def here() -> place.Place:
    """The place of the embedded database; it need not exist yet."""
    return place.find(environment.home())


def application_url() -> str:
    """The application's connection string, for psql and psycopg. Does not start anything."""
    if is_embedded():
        return embedded.url(here())
    given = environment.database_url()
    return given if environment.database_owner_url() else _with_role(given)


def owner_url() -> str:
    if is_embedded():
        return embedded.url(here(), role=embedded.OWNER)
    return environment.database_owner_url() or environment.database_url()


def superuser_url() -> str:
    if not is_embedded():
        raise CannotTellSuperuser(
            N_("外部の PostgreSQL の管理者の接続文字列は kessai にはわかりません。"),
            N_("データベースの管理者に尋ねてください。"),
        )
    return embedded.url(here(), role=embedded.SUPERUSER)


def ensure_running() -> bool:
    """Start the embedded database if it is not running, or see that the given one can be used.

    True if this call started it. Errors: CannotStartDatabase, CannotUseHome, CannotUseDatabase.
    """
    if is_embedded():
        return embedded.ensure_running(place.take(environment.home()))
    place.take(environment.home())
    try:
        with psycopg.connect(owner_url(), connect_timeout=10) as server:
            refuse_old_server(server.info.server_version)
    except psycopg.Error as error:
        raise CannotUseDatabase(
            N_("KESSAI_DATABASE_URL のデータベースに接続できません(%(said)s)。"),
            N_("接続先、利用者名、パスワードを確かめてください。"),
            said=" ".join(str(error).split()),
        ) from error
    return False


def refuse_old_server(number: int) -> None:
    """``number`` is libpq's server version, 150004 for 15.4."""
    if number < OLDEST_SERVER:
        raise CannotUseDatabase(
            N_("データベースは PostgreSQL %(found)s ですが、15 以上が必要です。"),
            N_("PostgreSQL を新しくするか、KESSAI_DATABASE_URL を消して組み込みのものを使ってください。"),
            found=number // 10000,
        )


def django_settings(url: str, **options: object) -> dict[str, Any]:
    """An entry of Django's DATABASES for a connection string; ``options`` go to psycopg or its pool."""
    try:
        parts: dict[str, Any] = {k: v for k, v in conninfo_to_dict(url).items() if v is not None}
    except psycopg.ProgrammingError as error:
        raise CannotUseDatabase(
            N_("KESSAI_DATABASE_URL は PostgreSQL の接続文字列ではありません(%(said)s)。"),
            N_("postgresql://利用者:パスワード@ホスト/データベース の形で指定してください。"),
            said=" ".join(str(error).split()),
        ) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(parts.pop("dbname", "") or parts.get("user", "") or "postgres"),
        "USER": str(parts.pop("user", "")),
        "PASSWORD": str(parts.pop("password", "")),
        "HOST": str(parts.pop("host", "")),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": {**parts, **options},
    }


def _with_role(url: str) -> str:
    """The same connection, speaking as the application's role from its first statement on."""
    if "://" not in url:
        options = conninfo_to_dict(url).get("options") or ""
        return psycopg.conninfo.make_conninfo(url, options=f"{options} -c role={APPLICATION}".strip())
    split = urlsplit(url)
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    query["options"] = f"{query.get('options', '')} -c role={APPLICATION}".strip()
    return urlunsplit(split._replace(query=urlencode(query, quote_via=quote)))
