"""Django's settings, all from the environment (see environment.py). Importing this starts nothing."""

from __future__ import annotations

from pathlib import Path

from kessai.config import database, environment, place

HERE = Path(__file__).parent
SOURCE = HERE.parent

KESSAI_HOME = environment.home()
KESSAI_BLOBS = KESSAI_HOME / "blobs"
KESSAI_PREVIEWS = KESSAI_HOME / "previews"
KESSAI_LEDGER_DIR = KESSAI_HOME / "ledger"
KESSAI_KEYS_DIR = KESSAI_HOME / "keys"
KESSAI_POLICY_DIR = environment.policy_dir()
KESSAI_DEMO_POLICY = KESSAI_HOME / "witness" / "policy"
KESSAI_OPERATOR_MAIL = environment.operator_mail()
KESSAI_DEMO = environment.demo()
KESSAI_LEDGER_ORIGIN = environment.ledger_origin()
KESSAI_TOKEN = environment.token()
KESSAI_TIMESTAMPING = environment.timestamping()
KESSAI_UPLOAD_LIMIT_BYTES = environment.upload_limit_bytes()
KESSAI_UPLOAD_KEPT_DAYS = environment.upload_kept_days()
KESSAI_CLAMD = environment.clamd()
KESSAI_SOFFICE = environment.soffice()
KESSAI_WHOLE_FILE_PAGES = environment.whole_file_pages()
KESSAI_WHOLE_FILE_BYTES = environment.whole_file_bytes()
KESSAI_DOCUMENT_KEYS = environment.document_keys()
KESSAI_PUBLIC_URL = environment.public_url()

SECRET_KEY = environment.secret_key() or place.secret_key(KESSAI_HOME)
DEBUG = environment.debug()
ALLOWED_HOSTS = environment.allowed_hosts()

INSTALLED_APPS = [
    "kessai.config",
    "kessai.web",
    "kessai.notifications",
    "kessai.insight",
    "kessai.decisions",
    "kessai.routing",
    "kessai.drafting",
    "kessai.records",
    "kessai.identity",
    "kessai.organisation",
    "kessai.ledger",
    "allauth",
    "allauth.account",
    "django_htmx",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "kessai.config.middleware.SecurityHeaders",
    "kessai.config.middleware.Compressed",
    "django.middleware.security.SecurityMiddleware",
    "kessai.web.log.files.LogFiles",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kessai.config.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kessai.web.base.sent.WithoutNul",
    "kessai.web.base.refusals.Refusals",
]

ROOT_URLCONF = "kessai.config.urls"
WSGI_APPLICATION = "kessai.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kessai.web.base.frame.frame",
            ],
        },
    },
]

# 'default' is the application's role, which may not alter what is decided. 'owner' is for `kessai migrate`.
DATABASES = {
    "default": database.django_settings(
        database.application_url(),
        pool={"min_size": 1, "max_size": 20, "timeout": 10},
    )
    | {"CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False},
    "owner": database.django_settings(database.owner_url()),
}
DATABASE_ROUTERS = ["kessai.config.routers.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
KESSAI_PEOPLE_TO_TRY = "kessai.config.sample.people_to_try"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kessai.config.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "kessai_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [SOURCE / "locale"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 60

SESSION_COOKIE_NAME = "kessai_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "kessai_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kessai.web.kept.csrf_failure"
if environment.behind_tls():
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
# A redacted bundle of a long case has a tick for each field of each act; what a form may weigh is limited apart.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

_mail = environment.mail()
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'filebased' if _mail.kind == 'file' else _mail.kind}.EmailBackend"
)
EMAIL_FILE_PATH = KESSAI_HOME / "mail"
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.tls == "starttls", _mail.tls == "always"
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = environment.mail_from()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.log_level()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "procrastinate": {"level": "DEBUG" if environment.log_level() == "DEBUG" else "WARNING"},
        # Warns at each signature that nothing is fetched, where all that is needed is there.
        "pyhanko": {"level": "ERROR"},
    },
}
