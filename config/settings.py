"""Settings: everything that differs between machines comes from the environment (docs/operations.md lists it)."""

from csp.constants import NONE, SELF

from config.environment import BASE_DIR, database, names, number, required, switch, text

# What kind of start this is -------------------------------------------------------------------------------------------

DEBUG = switch("DEBUG", default=False)
DEMO = switch("DEMO", default=False)
"""Set by `make run` only: allows `load_demo` to create accounts with known passwords."""

SECRET_KEY = required("SECRET_KEY")

# Applications ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "departments",
    "targets",
    "config.apps.PlatformConfig",
    "config.apps.PerformanceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.end_request",  # first, so that it sees every answer
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.keep_busy_session_alive",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, so that it sees the response of the log-in view
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database -------------------------------------------------------------------------------------------------------------

DATABASES = {"default": database("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # reading and checking a file must not hold a transaction open
DATABASES["default"]["CONN_MAX_AGE"] = 0  # required by the pool; SQLite opens in microseconds
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # two writers queue up; DEFERRED would lose one of them to "locked"
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["pool"] = {"min_size": 1, "max_size": number("DB_POOL_SIZE", default=8), "timeout": 20}
    # To compile a list's query takes seconds, to run it uncompiled tenths of one. What an operator says comes later and wins.
    _options["options"] = f"-c jit=off {_options.get('options') or text('PGOPTIONS')}".rstrip()
if test_name := text("TEST_DATABASE"):
    DATABASES["default"]["TEST"] = {"NAME": test_name}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One cache for all web processes and machines; its table comes with `migrate` (config/migrations). It holds import
# previews between upload and confirmation, which the stock folder storage would tie to one machine.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# People and sessions --------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "departments.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

SESSION_COOKIE_AGE = number("SESSION_IDLE_MINUTES", default=120) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

TRUSTED_PROXIES = number("TRUSTED_PROXIES", default=0)
"""How many reverse proxies of ours add to X-Forwarded-For; 0 means that the header is not believed."""

AXES_ENABLED = switch("LOGIN_LOCKOUT", default=True)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # an office behind one address is not locked out by one person
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/lockout.html"
AXES_CLIENT_IP_CALLABLE = "config.client.address"
AXES_ENABLE_ADMIN = False  # no Chinese catalogue; `manage.py axes_reset_username NAME` unlocks
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS: list[str] = []  # the log must say who failed from where; passwords are never in it

# Language and time ----------------------------------------------------------------------------------------------------

# No LocaleMiddleware: an English browser would get a page half in English.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files ----------------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
COLLECTED_FILES = BASE_DIR / "staticfiles"
STATIC_COLLECTED = switch(
    "STATIC_COLLECTED", default=not (DEBUG or DEMO) and (COLLECTED_FILES / "staticfiles.json").exists()
)
"""Whether to serve what `collectstatic` made; without it WhiteNoise serves the source folders, ready at once."""
STATIC_ROOT = COLLECTED_FILES if STATIC_COLLECTED else None
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing stays on a web machine's disk
    "attachments": {"BACKEND": "config.storage.DatabaseStorage"},
    "staticfiles": {"BACKEND": "config.storage.StaticFiles", "OPTIONS": {"location": COLLECTED_FILES}},
}

MAX_UPLOAD_BYTES = number("MAX_UPLOAD_MB", default=40) * 1024 * 1024
"""The largest workbook that is read; a district's whole year is below 2 MB."""
MAX_ATTACHMENT_BYTES = number("MAX_ATTACHMENT_MB", default=20) * 1024 * 1024
"""The largest paper that may be attached to a form; kept in the database."""
READING_MEMORY_BYTES = number("READING_MEMORY_MB", default=700) * 1024 * 1024
"""Address space of the child process that reads one upload; beyond it only that upload is refused."""
READING_SECONDS = number("READING_SECONDS", default=30)
"""Processor time of the same; ten times as much where it reads in the background."""
READING_TEXT_BYTES = number("READING_TEXT_MB", default=200) * 1024 * 1024
"""Text of all forms of one upload as the server gets it: a small file may say the same text a million times."""
BACKGROUND_FROM_BYTES = number("BACKGROUND_FROM_KB", default=1500) * 1024
"""Larger uploads, and archives, are read by the worker while a page shows how far it is."""
BACKGROUND_FROM_FORMS = number("BACKGROUND_FROM_FORMS", default=200)
"""More forms than this are stored by the worker."""
JOB_LEASE_SECONDS = number("JOB_LEASE_SECONDS", default=90)
"""A worker silent for so long is taken for dead and its job begun anew."""
SITTING_MINUTES = number("SITTING_MINUTES", default=30)
"""What was typed and then left alone for so long becomes a revision (`manage.py tick`)."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # what is typed, without files: 20000 cells of 500 bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000  # Django's 1000 is 52 indicators of 19 cells, and the typing would be lost

IMPORT_EXPORT_TMP_STORAGE_CLASS = "departments.previews.KeptFiles"
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# Headers --------------------------------------------------------------------------------------------------------------

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ALLOWED_HOSTS = names("ALLOWED_HOSTS", default=",".join(LOOPBACK))
HTTPS = switch("HTTPS", default=not (DEBUG or DEMO) and not set(ALLOWED_HOSTS) <= set(LOOPBACK))
"""Pages go out by HTTPS only, as soon as other machines are served; off for an intranet that has no certificate."""
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for sub-domains and preloading reach other systems of the same government domain:
    "security.W021",  # the owner of the domain decides that, at the proxy
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Logging: to standard error, where systemd or a container collects it -------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": text("LOG_LEVEL", default="INFO").upper()},
    # Django's own handlers (console only in DEBUG, mail to ADMINS) give way to the root's.
    "loggers": {"django": {"handlers": [], "propagate": True}, "django.server": {"handlers": [], "propagate": True}},
}
