"""The one place that reads ``KESSAI_*`` environment variables.

``SETTINGS`` is the whole list; docs/settings.md shows it to operators and a test holds the two together.
Values are read at the call, so a child process and a test see what is set then. An empty value counts as
not set.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, its default as text (as an operator would write it) and what it means."""

    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KESSAI_HOME",
        "$XDG_DATA_HOME/kessai or ~/.local/share/kessai",
        "Directory that holds all data: the embedded database, attachments, the ledger's tiles and keys.",
    ),
    Setting("KESSAI_HOST", "127.0.0.1", "Address the web server listens on."),
    Setting("KESSAI_PORT", "8000", "Port the web server listens on."),
    Setting(
        "KESSAI_DATABASE_URL",
        "",
        "PostgreSQL 15 or newer to use instead of the embedded one, as `postgresql://user:password@host/name`. "
        "With KESSAI_DATABASE_OWNER_URL also set this is the application's own login role; without it, "
        "it is the owner's and the application switches to the role `kessai_app` after connecting.",
    ),
    Setting(
        "KESSAI_DATABASE_OWNER_URL",
        "",
        "The owner's connection to the same database, used by `kessai migrate` only.",
    ),
    Setting(
        "KESSAI_SECRET_KEY",
        "made once, kept in KESSAI_HOME/secret-key",
        "Key that signs sessions and forms. All web servers of one installation need the same one.",
    ),
    Setting(
        "KESSAI_DEMO",
        "0",
        "1 makes it a demo, as `kessai demo` does: the page of people to sign in as, stamps and a witness of its "
        "own. Never for real data.",
    ),
    Setting("KESSAI_DEBUG", "0", "1 shows tracebacks in the browser. For developers only."),
    Setting(
        "KESSAI_ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "Host names the web server answers to, separated by commas. KESSAI_HOST is always added.",
    ),
    Setting(
        "KESSAI_BEHIND_TLS",
        "0",
        "1 when a proxy in front speaks HTTPS and sets X-Forwarded-Proto: cookies are then sent over HTTPS only.",
    ),
    Setting("KESSAI_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("KESSAI_WEB_WORKERS", "1", "Number of web server processes."),
    Setting(
        "KESSAI_LEDGER_ORIGIN",
        "kessai.invalid",
        "Prefix of the ledgers' names in signed checkpoints: a host name of yours, never changed afterwards.",
    ),
    Setting(
        "KESSAI_PKCS11_MODULE",
        "",
        "Library of the device (HSM) that keeps the ledgers' keys, as `/usr/lib/softhsm/libsofthsm2.so`. Empty: they "
        "are files in KESSAI_HOME/keys.",
    ),
    Setting("KESSAI_PKCS11_TOKEN", "", "Label of the token on that device."),
    Setting(
        "KESSAI_PKCS11_PIN_FILE",
        "",
        "File with the PIN of the token, which only the sequencer and `kessai ledger key` have to read.",
    ),
    Setting(
        "KESSAI_TSA_URL",
        "",
        "Time-stamp authorities (RFC 3161) that vouch for when the ledgers and signatures were there, separated by "
        "blanks: `https://host/path`, with `user:password@` in front of the host where it asks for one. Each of "
        "them stamps the ledgers, and the first that answers a signature. Empty: signatures get "
        "stamps of no legal effect, made here; ledgers get such stamps in a demo, and otherwise none.",
    ),
    Setting(
        "KESSAI_TSA_CERTIFICATES",
        "",
        "PEM file with the certificates of all authorities that ever stamped a ledger; needed with KESSAI_TSA_URL, and "
        "kept for older stamps where that is empty again.",
    ),
    Setting(
        "KESSAI_TSA_MINUTES",
        "10",
        "After so many minutes a ledger that has grown is stamped again; after a decision it is within about one.",
    ),
    Setting(
        "KESSAI_TSA_RENEW_DAYS",
        "180",
        "So many days before the certificate behind the last time stamp of a signed document ends, it gets "
        "another one.",
    ),
    Setting(
        "KESSAI_POLICY_DIR",
        "KESSAI_HOME/policy",
        "Directory of the trust policies, which name the witnesses of each ledger: one file for each ministry, its "
        "name the ministry's number.",
    ),
    Setting(
        "KESSAI_OPERATOR_MAIL",
        "",
        "E-mail address that is told when a witness contradicts a ledger, or documents cannot be signed. Empty: it is "
        "said in the log output, by `kessai ledger show`, `kessai documents show` and `/healthz` only.",
    ),
    Setting(
        "KESSAI_MAIL",
        "file",
        "Where e-mails go: `file` puts each into KESSAI_HOME/mail, `console` prints them; a mail server as "
        "`smtp://user:password@host:port`, with `smtp+starttls` or `smtps` in front where it speaks TLS.",
    ),
    Setting("KESSAI_MAIL_FROM", "kessai@localhost", "Sender of e-mails."),
    Setting(
        "KESSAI_PUBLIC_URL",
        "http://KESSAI_HOST:KESSAI_PORT",
        "What the pages' addresses begin with for those who use them, for links in e-mails.",
    ),
    Setting(
        "KESSAI_DOCUMENT_KEYS",
        "",
        "TOML file that names the keys which sign cover sheets and letters with an official seal, see "
        "[signatures](operators.md#signatures-on-documents). Empty: those of a demo authority without legal effect.",
    ),
    Setting("KESSAI_UPLOAD_LIMIT_MB", "2000", "Largest attachment accepted, in megabytes (10⁶ bytes)."),
    Setting("KESSAI_UPLOAD_KEPT_DAYS", "3", "Days for which an upload that broke off can be gone on with."),
    Setting(
        "KESSAI_CLAMD",
        "",
        "ClamAV daemon that scans what is attached, as `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`. "
        "Empty: nothing is scanned.",
    ),
    Setting(
        "KESSAI_SOFFICE",
        "soffice",
        "The program of LibreOffice that makes PDFs of Office files, so that their pages can be shown; where it is not "
        "there, or with `none`, they are shown as text.",
    ),
    Setting(
        "KESSAI_WHOLE_FILE_PAGES",
        "400",
        "Pages of attachments in the PDF of a whole case; making it takes about 8 MB of memory for each.",
    ),
    Setting(
        "KESSAI_WHOLE_FILE_MB",
        "200",
        "Attached originals embedded in the PDF of a whole case, in megabytes (10⁶ bytes) together.",
    ),
)

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class CannotReadSetting(Cannot):
    """A variable holds something that is not a value of it."""


def _text(name: str) -> str:
    return os.environ.get(name, "").strip() or _DEFAULTS[name]


def _given(name: str) -> str:
    if name not in _DEFAULTS:
        raise KeyError(name)
    return os.environ.get(name, "").strip()


def _number(name: str, *, lowest: int, highest: int) -> int:
    text = _text(name)
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise CannotReadSetting(
            N_("%(name)s は %(lowest)s から %(highest)s までの数でなければなりません(現在の値:%(value)s)。"),
            name=name,
            lowest=lowest,
            highest=highest,
            value=text,
        )
    return int(text)


def _yes(name: str) -> bool:
    text = _text(name).lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise CannotReadSetting(
        N_("%(name)s は 0 か 1 でなければなりません(現在の値:%(value)s)。"), name=name, value=text
    )


def check() -> None:
    """Read every setting that can be wrong. Errors: CannotReadSetting."""
    numbers = (port, web_workers, upload_limit_bytes, upload_kept_days, whole_file_pages, whole_file_bytes)
    for read in (*numbers, demo, debug, behind_tls, log_level, mail, public_url, clamd, timestamping, token):
        read()


def without_settings() -> dict[str, str]:
    """The environment without any setting of kessai: for a process that gets its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KESSAI_")}


def home() -> Path:
    """Absolute path of the directory that holds all data; it need not exist yet."""
    given = _given("KESSAI_HOME")
    if given:
        return Path(given).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path.home() / ".local/share") / "kessai"


def host() -> str:
    return _text("KESSAI_HOST")


def port() -> int:
    return _number("KESSAI_PORT", lowest=1, highest=65535)


def database_url() -> str:
    """The given PostgreSQL, or "" for the embedded one."""
    return _given("KESSAI_DATABASE_URL")


def database_owner_url() -> str:
    return _given("KESSAI_DATABASE_OWNER_URL")


def secret_key() -> str:
    """The given key, or "" when the one in KESSAI_HOME is to be used."""
    return _given("KESSAI_SECRET_KEY")


def demo() -> bool:
    return _yes("KESSAI_DEMO")


def be_demo() -> None:
    """From here on, and for the processes started from here, this is a demo."""
    os.environ["KESSAI_DEMO"] = "1"


def debug() -> bool:
    return _yes("KESSAI_DEBUG")


def behind_tls() -> bool:
    return _yes("KESSAI_BEHIND_TLS")


def allowed_hosts() -> list[str]:
    names = [name.strip() for name in _text("KESSAI_ALLOWED_HOSTS").split(",") if name.strip()]
    listening = host()
    if listening not in {"0.0.0.0", "::", *names}:
        names.append(f"[{listening}]" if ":" in listening else listening)
    return names


def log_level() -> str:
    level = _text("KESSAI_LOG_LEVEL").upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise CannotReadSetting(
            N_("KESSAI_LOG_LEVEL は DEBUG、INFO、WARNING、ERROR のいずれかです(現在の値:%(value)s)。"),
            value=level,
        )
    return level


def web_workers() -> int:
    return _number("KESSAI_WEB_WORKERS", lowest=1, highest=256)


def ledger_origin() -> str:
    return _text("KESSAI_LEDGER_ORIGIN")


def policy_dir() -> Path:
    given = _given("KESSAI_POLICY_DIR")
    return Path(given).expanduser().absolute() if given else home() / "policy"


def operator_mail() -> str:
    return _given("KESSAI_OPERATOR_MAIL")


@dataclass(frozen=True, slots=True)
class Token:
    """A token behind PKCS#11; ``module`` empty where there is none."""

    module: str = ""
    label: str = ""
    pin_file: str = ""


def token() -> Token:
    given = Token(
        _given("KESSAI_PKCS11_MODULE"), _given("KESSAI_PKCS11_TOKEN"), _given("KESSAI_PKCS11_PIN_FILE")
    )
    if given.module and not (given.label and given.pin_file):
        raise CannotReadSetting(
            N_(
                "KESSAI_PKCS11_MODULE を定めるときは、KESSAI_PKCS11_TOKEN と KESSAI_PKCS11_PIN_FILE も要ります。"
            )
        )
    return given


@dataclass(frozen=True, slots=True)
class Timestamping:
    """Who vouches for times: addresses, the file of their certificates, how often a ledger is stamped, and how many
    days before its end the stamp of a document is renewed."""

    urls: tuple[str, ...] = ()
    certificates: Path | None = None
    minutes: int = 10
    renew_days: int = 180


def timestamping() -> Timestamping:
    urls = tuple(_given("KESSAI_TSA_URL").split())
    for url in urls:
        try:
            where = urlsplit(url)
            right = where.scheme in {"http", "https"} and bool(where.hostname) and where.port != 0
        except ValueError:
            right = False
        if not right:
            raise CannotReadSetting(
                N_("KESSAI_TSA_URL は http:// か https:// で始まる宛先を空白で区切ります。")
            )
    file = _given("KESSAI_TSA_CERTIFICATES")
    if urls and not Path(file).is_file():
        raise CannotReadSetting(
            N_(
                "KESSAI_TSA_URL を定めるときは、KESSAI_TSA_CERTIFICATES に認証局の証明書のファイルが要ります。"
            ),
            N_("docs/operators.md の「Time-stamps」に手順があります。"),
        )
    minutes = _number("KESSAI_TSA_MINUTES", lowest=1, highest=1440)
    renew_days = _number("KESSAI_TSA_RENEW_DAYS", lowest=1, highest=3650)
    return Timestamping(urls, Path(file) if file else None, minutes, renew_days)


@dataclass(frozen=True, slots=True)
class Mail:
    """Where e-mails go: ``kind`` file, console or smtp; the rest is of a mail server. ``tls``: "", starttls, always."""

    kind: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    tls: str = ""


_MAIL_SERVERS = {"smtp": ("", 25), "smtp+starttls": ("starttls", 587), "smtps": ("always", 465)}


def mail() -> Mail:
    text = _text("KESSAI_MAIL")
    if text in {"file", "console"}:
        return Mail(text)
    try:
        address = urlsplit(text)
        tls, usual = _MAIL_SERVERS[address.scheme]
        if not address.hostname:
            raise ValueError(text)
        return Mail(
            "smtp",
            address.hostname,
            address.port or usual,
            unquote(address.username or ""),
            unquote(address.password or ""),
            tls,
        )
    except (KeyError, ValueError):
        raise CannotReadSetting(
            N_("KESSAI_MAIL は file、console、または smtp://host:port の形です。"),
            N_("docs/settings.md に例があります。"),
        ) from None


def mail_from() -> str:
    return _text("KESSAI_MAIL_FROM")


def public_url() -> str:
    """Without a slash at the end."""
    given = _given("KESSAI_PUBLIC_URL").rstrip("/")
    if not given:
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host(), host())
        return f"http://{f'[{near}]' if ':' in near else near}:{port()}"
    if not given.startswith(("http://", "https://")):
        raise CannotReadSetting(
            N_("KESSAI_PUBLIC_URL は http:// か https:// で始まります(現在の値:%(value)s)。"), value=given
        )
    return given


def document_keys() -> str:
    """The file that names the keys for signing documents, or "" for the demo's."""
    return _given("KESSAI_DOCUMENT_KEYS")


def upload_limit_bytes() -> int:
    return _number("KESSAI_UPLOAD_LIMIT_MB", lowest=1, highest=10_000) * 1_000_000


def upload_kept_days() -> int:
    return _number("KESSAI_UPLOAD_KEPT_DAYS", lowest=1, highest=90)


def clamd() -> str:
    """The address of the virus scanner, or "" where there is none."""
    given = _given("KESSAI_CLAMD")
    try:
        where = urlsplit(given)
        right = not given or (where.scheme == "tcp" and where.hostname and where.port != 0)
        right = right or (where.scheme == "unix" and where.path.startswith("/") and not where.netloc)
    except ValueError:
        right = False
    if not right:
        raise CannotReadSetting(
            N_("KESSAI_CLAMD は tcp://host:port か unix:///path の形です(現在の値:%(value)s)。"), value=given
        )
    return given


def soffice() -> str:
    """The program of LibreOffice by its name or path, or none."""
    return _text("KESSAI_SOFFICE")


def whole_file_pages() -> int:
    return _number("KESSAI_WHOLE_FILE_PAGES", lowest=0, highest=5_000)


def whole_file_bytes() -> int:
    return _number("KESSAI_WHOLE_FILE_MB", lowest=0, highest=2_000) * 1_000_000
