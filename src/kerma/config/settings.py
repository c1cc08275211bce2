"""Django settings. What a site may change is listed in `kerma.config.options`."""

import os

from kerma import logs
from kerma.config.databases import database
from kerma.config.home import make_home, read_key
from kerma.config.ldap import ldap_settings
from kerma.config.options import Options, unknown_variables

options = Options(os.environ)

KERMA_HOME = make_home(options.path("home"))
KERMA_IDENTITY_KEY = (
    options.text("identity_key") or read_key(KERMA_HOME / "identity-key")
).encode()
"""Key of the HMACs of patient identity: with another key, no hash of this site matches."""
KERMA_UNKNOWN_VARIABLES = unknown_variables(os.environ)
"""Variables that are no setting -> the nearest that is; `kerma check` tells of them."""
KERMA_HOST = options.text("host")
KERMA_PORT = options.number("port")
KERMA_THREADS = options.number("threads")
KERMA_WORKERS = max(1, options.number("workers"))
KERMA_IMPORTERS = max(1, options.number("importers"))
KERMA_TRUSTED_PROXY = options.text("trusted_proxy")
KERMA_DICOM_PORT = options.number("dicom_port")
KERMA_DICOM_AET = options.text("dicom_aet")
KERMA_DISK_FREE_GB = options.number("disk_free_gb")
KERMA_DISK_STOP_MB = options.number("disk_stop_mb")
KERMA_MAX_REQUEST_GB = options.number("max_request_gb")
KERMA_EXPORT_DATE_FORMAT = options.text("export_date_format")
KERMA_EXPORT_TIME_FORMAT = options.text("export_time_format")
KERMA_UNTRUSTED_OBSERVER_MODELS = frozenset(options.phrases("untrusted_observer_models"))
KERMA_EMAIL = {
    "host": options.text("email_host"),
    "port": options.number("email_port"),
    "user": options.text("email_user"),
    "password": options.text("email_password"),
    "tls": options.flag("email_tls"),
    "ssl": options.flag("email_ssl"),
    "ca": options.text("email_ca"),
    "sender": options.text("email_sender"),
    "url": options.text("email_url"),
    "timeout_s": options.number("email_timeout_s"),
}
"""The e-mail server where the administrators chose none on the page."""

SECRET_KEY = options.text("secret_key") or read_key(KERMA_HOME / "secret-key")
DEBUG = options.flag("debug")
ALLOWED_HOSTS = options.names("allowed_hosts")
ROOT_URLCONF = "kerma.config.urls"
WSGI_APPLICATION = "kerma.config.wsgi.application"

INSTALLED_APPS = [
    "kerma.store",
    "kerma.web",
    "kerma.cli",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kerma.config.security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kerma.web.dates.OwnDates",
    "kerma.web.levels.LevelsOnce",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": database(options.text("database_url"), KERMA_HOME)}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
"""The queue is in the database: one transaction writes the cause and the task it needs."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

KERMA_OIDC = {
    name: options.text(f"oidc_{name}")
    for name in (
        "issuer", "client_id", "client_secret", "label", "scopes", "user_claim", "groups_claim",
    )
}  # fmt: skip
KERMA_OIDC_GROUPS = options.group_map("oidc_groups")
KERMA_LDAP_GROUPS = options.group_map("ldap_groups")
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
if options.text("ldap_url"):
    AUTHENTICATION_BACKENDS.append("kerma.web.ldap.Backend")
    globals().update(ldap_settings(options))
if options.text("oidc_issuer"):
    AUTHENTICATION_BACKENDS.append("kerma.web.oidc.Backend")
"""Local users always can log in."""
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_AGE = options.number("session_hours") * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = options.flag("https")
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if options.flag("https") else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_PREFIX = "/".join(["", *filter(None, options.text("url_prefix").split("/"))])
"""As "/dms", or "" at the root."""
FORCE_SCRIPT_NAME = _PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{_PREFIX}/"
STATIC_URL = f"{_PREFIX}/static/"
WHITENOISE_STATIC_PREFIX = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kerma.config.static.VersionedStorage"},
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "kerma.config.static.PlotlyFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 30 * 24 * 3600

LANGUAGE_CODE = "en-gb"
TIME_ZONE = options.time_zone("time_zone")
USE_TZ = True

KERMA_LOG_LEVELS = options.log_levels()
"""Component -> level where the administrators chose none on the page."""
LOGGING = logs.configuration(KERMA_HOME, KERMA_LOG_LEVELS)
