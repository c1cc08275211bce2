"""Django settings. What a site may change is listed in `kerma.config.options`."""

import os

from kerma.config.databases import database
from kerma.config.home import make_home, read_key
from kerma.config.options import Options

options = Options(os.environ)

KERMA_HOME = make_home(options.path("home"))
KERMA_IDENTITY_KEY = (
    options.text("identity_key") or read_key(KERMA_HOME / "identity-key")
).encode()
"""Key of the HMACs of patient identity: with another key, no hash of this site matches."""
KERMA_HOST = options.text("host")
KERMA_PORT = options.number("port")
KERMA_THREADS = options.number("threads")
KERMA_TRUSTED_PROXY = options.text("trusted_proxy")
KERMA_DISK_FREE_GB = options.number("disk_free_gb")

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

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kerma.config.static.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 30 * 24 * 3600

LANGUAGE_CODE = "en-gb"
TIME_ZONE = options.time_zone("time_zone")
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "kerma": {"level": options.log_level("log_level")},
        "waitress.queue": {"level": "ERROR"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
