"""Django settings: one process, one PostgreSQL; what differs between machines comes from the environment.

PALLAQ_DATA     folder of the database, releases, keys (default: ./data)
PALLAQ_ENV      "production" makes start-up strict; "test" serves static files as they lie
PALLAQ_HOSTS    comma-separated host names that production answers to
PALLAQ_SECRET   path of the key file (default: PALLAQ_DATA/keys/secret)
PALLAQ_PROXIES  how many reverse proxies stand in front (default 0): the lockout counts the real addresses
PALLAQ_SMTP     smtp://user:password@host:587 to send mail; nothing needs it
DATABASE_URL    another PostgreSQL instead of the embedded one
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from pallaq.shared.environment import data_folder, database_settings, secret_key

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent
PRODUCTION = os.environ.get("PALLAQ_ENV") == "production"
TESTING = os.environ.get("PALLAQ_ENV") == "test"
DATA = data_folder(PACKAGE.parent)
STUDIES = PACKAGE.parent / "studies"
PLANS = PACKAGE.parent / "plans"

DEBUG = False
SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = (
    [host.strip() for host in os.environ.get("PALLAQ_HOSTS", "").split(",") if host.strip()]
    if PRODUCTION
    else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)

INSTALLED_APPS = [
    "pallaq.web",
    "pallaq.figures",
    "pallaq.rights",
    "pallaq.credentials",
    "pallaq.permits",
    "pallaq.associations",
    "pallaq.rolls",
    "pallaq.matching",
    "pallaq.desks",
    "pallaq.exchange",
    "pallaq.following",
    "pallaq.progress",
    "pallaq.baselines",
    "pallaq.plan",
    "pallaq.diagnosis",
    "pallaq.report",
    "pallaq.study",
    "pallaq.registry",
    "pallaq.accounts",
    "pallaq.places",
    "pallaq.shared",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pallaq.shared.middleware.PrivacyMiddleware",
    "pallaq.shared.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "pallaq.urls"
WSGI_APPLICATION = "pallaq.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pallaq.web.navigation.shell",
            ],
        },
    },
]

DATABASES = {"default": database_settings(DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "pallaq_cache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
HASHERS = "django.contrib.auth.hashers"
# scrypt resists guessing by memory as well as by time, in two thirds of the time that Django's default takes here.
PASSWORD_HASHERS = [f"{HASHERS}.ScryptPasswordHasher", f"{HASHERS}.PBKDF2PasswordHasher"]
if TESTING:  # a hash that is slow on purpose would be most of the tests' time
    PASSWORD_HASHERS = [f"{HASHERS}.MD5PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60  # also of the links that an administrator hands out
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# People: an e-mail address and a password, perhaps a second factor; nobody signs up, and nothing needs a mail server.
ACCOUNT_ADAPTER = "pallaq.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# The one lockout: 5 wrong passwords, then 5 minutes; the same for the slips that open a selector's own page.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "mine": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PALLAQ_PROXIES", "0"))
MFA_TOTP_ISSUER = "Pallaq"
# A session ends with the browser, or after 12 hours without a page: field offices share their computers.
ACCOUNT_SESSION_REMEMBER = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True

SMTP = urlsplit(os.environ.get("PALLAQ_SMTP", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SMTP.hostname else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = SMTP.hostname or "", SMTP.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(SMTP.username or ""), unquote(SMTP.password or "")
EMAIL_USE_TLS = EMAIL_PORT == 587
DEFAULT_FROM_EMAIL = EMAIL_HOST_USER or "pallaq@localhost"

UPLOAD_LIMIT = 50 * 1024 * 1024  # bytes of a dataset that a person brings
EVIDENCE_LIMIT = 20 * 1024 * 1024  # bytes of one file of evidence; all files of a form stay under UPLOAD_LIMIT

LANGUAGE_CODE = "es-pe"
LANGUAGES = [("es-pe", _("Spanish")), ("en", _("English"))]
FORMAT_MODULE_PATH = ["pallaq.formats"]
LOCALE_PATHS = [PACKAGE / "cli" / "locale"]  # the command line is no app of Django's
TIME_ZONE = "America/Lima"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING

# Nothing leaves for a third party: the browser itself refuses.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],  # the verifier's, which keeps its page for when there is no network
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Whoever asks for a host that is not ours is answered with 400; a traceback each time would fill the log.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
