"""Environment and `kerma.toml` in, the value of every option out."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import available_timezones

from kerma.errors import KermaError
from kerma.logs import COMPONENTS, LEVELS

Value = str | int | bool


class Option(NamedTuple):
    """One thing a site may set: `KERMA_PORT` in the environment is `port` in `kerma.toml`."""

    name: str
    default: Value
    sentence: str
    older: str = ""
    """Variable of older systems that means the same; read where nothing else is said."""

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return _variable(self.name)


OPTIONS = (
    Option("home", "~/.kerma", "Folder of the database, the keys and all else; made at first use."),
    Option("database_url", "", "Address of a PostgreSQL database; without it SQLite in the home."),
    Option(
        "secret_key",
        "",
        "Key that signs sessions; without it that of the home is used.",
        "SECRET_KEY",
    ),
    Option("identity_key", "", "Key that hashes patient identity; without it that of the home."),
    Option("host", "127.0.0.1", "Address the web server listens on; `0.0.0.0` means all."),
    Option("port", 8000, "Port the web server listens on."),
    Option("threads", 8, "How many pages the web server makes at the same time."),
    Option("workers", 2, "Processes of `kerma work` and `kerma run` that do tasks."),
    Option("importers", 1, "Processes of `kerma work` and `kerma run` that import what arrives."),
    Option(
        "allowed_hosts",
        "localhost,127.0.0.1,[::1]",
        "Names browsers may use, by commas.",
        "DJANGO_ALLOWED_HOSTS",
    ),
    Option(
        "url_prefix",
        "",
        "Folder of the address below which Kerma lives, as `dms` in https://host/dms/.",
        "VIRTUAL_DIRECTORY",
    ),
    Option("trusted_proxy", "", "Address of the reverse proxy whose X-Forwarded headers count."),
    Option("https", False, "Whether browsers come by https only; cookies then demand it."),
    Option("session_hours", 12, "Hours after which a user must log in again."),
    Option(
        "time_zone",
        "UTC",
        "Zone in which Kerma shows its own times, as `Europe/Madrid`.",
        "TIME_ZONE",
    ),
    Option("dicom_port", 11112, "Port of the DICOM store of a site that has configured none."),
    Option("dicom_aet", "KERMA", "AE title of that store."),
    Option(
        "disk_free_gb",
        5,
        "Free space in GB below which `kerma check` and the health page complain.",
    ),
    Option("disk_stop_mb", 500, "Free space in MB below which nothing more is received."),
    Option("max_request_gb", 8, "Largest upload or STOW-RS request that is taken, in GB."),
    Option(
        "untrusted_observer_models",
        "",
        "Models whose device observer UID does not name the device, by commas.",
        "IGNORE_DEVICE_OBSERVER_UID_FOR_THESE_MODELS",
    ),
    Option(
        "log_level",
        "INFO",
        "Least severe messages logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
        "LOG_LEVEL",
    ),
    Option("log_level_receive", "", "The same for the receiver, where it differs."),
    Option(
        "log_level_query",
        "",
        "The same for query and retrieve, where it differs.",
        "LOG_LEVEL_QRSCU",
    ),
    Option(
        "log_level_import",
        "",
        "The same for the import of objects, where it differs.",
        "LOG_LEVEL_EXTRACTOR",
    ),
    Option("log_level_tasks", "", "The same for background tasks, where it differs."),
    Option("log_level_web", "", "The same for the pages, where it differs."),
    Option("email_host", "", "Server that takes e-mail; without it none is sent.", "EMAIL_HOST"),
    Option("email_port", 25, "Port of the e-mail server.", "EMAIL_PORT"),
    Option("email_user", "", "Name to log in to it with, if it asks.", "EMAIL_HOST_USER"),
    Option("email_password", "", "Password for that.", "EMAIL_HOST_PASSWORD"),
    Option("email_tls", False, "Whether to encrypt by STARTTLS.", "EMAIL_USE_TLS"),
    Option("email_ssl", False, "Whether to encrypt from the start.", "EMAIL_USE_SSL"),
    Option("email_ca", "", "File of the authorities (PEM) that sign its certificate."),
    Option("email_sender", "", "Address that e-mail comes from.", "EMAIL_DOSE_ALERT_SENDER"),
    Option("email_url", "", "Address of Kerma for the links in e-mail.", "EMAIL_OPENREM_URL"),
    Option("email_timeout_s", 10, "Seconds to wait for the e-mail server."),
    Option("oidc_issuer", "", "Address of an OpenID Connect provider; without it none is used."),
    Option("oidc_client_id", "", "Name under which the provider knows Kerma."),
    Option("oidc_client_secret", "", "Secret for that name."),
    Option("oidc_label", "single sign-on", "What the button says after “Log in with”."),
    Option("oidc_scopes", "openid profile email", "What Kerma asks the provider for."),
    Option("oidc_user_claim", "preferred_username", "Claim that holds the name of the user."),
    Option("oidc_groups_claim", "groups", "Claim that lists the groups of the user."),
    Option(
        "oidc_groups", "", "Groups of Kerma for those of the provider, as `A=view,pid;B=admin`."
    ),
    Option("ldap_url", "", "Address of an LDAP server, as `ldaps://ad.example`; needs the extra."),
    Option("ldap_start_tls", False, "Whether to encrypt an ldap:// address by StartTLS."),
    Option("ldap_ca", "", "File of the authorities (PEM) that sign its certificate."),
    Option("ldap_bind_dn", "", "Entry to search as; without it anonymous."),
    Option("ldap_bind_password", "", "Password of that entry."),
    Option("ldap_user_base", "", "Entry below which users are searched."),
    Option("ldap_user_filter", "(uid=%(user)s)", "How a user is found by the name typed."),
    Option("ldap_group_base", "", "Entry below which groups are searched."),
    Option("ldap_group_kind", "member", "How groups list members: `member`, `nested` or `posix`."),
    Option("ldap_groups", "", "Groups of Kerma for those of LDAP, as `A=view,pid;B=admin`."),
    Option(
        "export_date_format",
        "dd/mm/yyyy",
        "How exported workbooks write dates, where no page says otherwise.",
        "XLSX_DATE",
    ),
    Option(
        "export_time_format",
        "hh:mm:ss",
        "How exported workbooks write times, where no page says otherwise.",
        "XLSX_TIME",
    ),
    Option("debug", False, "Whether error pages show the inside; for developers only.", "DEBUG"),
)
"""Every setting there is. The documentation lists them too, and a test compares."""

POSTGRES = ("SQL_HOST", "SQL_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB")
"""Variables of older systems that together are the address of a database."""

GROUPS = frozenset({"view", "import-size", "import-qr", "export", "pid", "admin"})
"""The groups of Kerma, as `kerma.web.access` has them."""

_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


class ConfigurationError(KermaError):
    """The environment or `kerma.toml` says something that cannot be used."""


class Options:
    """The value of every option: from the environment, else `kerma.toml`, else the default.

    Raises
    ------
    ConfigurationError
        If a value cannot be read, or `kerma.toml` has a name that is no option.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values: dict[str, Value] = {}
        self._read(environment, {})
        self._read(environment, _read_file(self.path("home") / "kerma.toml"))

    def _read(self, environment: Mapping[str, str], file: Mapping[str, object]) -> None:
        for option in OPTIONS:
            name, given = _given(option, environment, file)
            self._values[option.name] = _convert(option, name, given)

    def text(self, name: str) -> str:
        """Return the option as text."""
        return str(self._values[name])

    def number(self, name: str) -> int:
        """Return the option as a whole number."""
        return int(self._values[name])

    def flag(self, name: str) -> bool:
        """Return whether the option is switched on."""
        return bool(self._values[name])

    def path(self, name: str) -> Path:
        """Return the option as an absolute path."""
        return Path(self.text(name)).expanduser().absolute()

    def time_zone(self, name: str) -> str:
        """Return the option, which must name a time zone."""
        zone = self.text(name)
        if zone not in available_timezones():
            raise ConfigurationError(
                f"{_variable(name)} is {zone!r}, which is no time zone. "
                "Write it as Continent/City, for example Europe/Madrid."
            )
        return zone

    def log_level(self, name: str) -> str:
        """Return the option, which must be one of the levels of the logging module."""
        level = self.text(name).upper()
        if level not in LEVELS:
            raise ConfigurationError(
                f"{_variable(name)} is {level!r}; it must be one of {', '.join(LEVELS)}."
            )
        return level

    def log_levels(self) -> dict[str, str]:
        """Return the level of every component with a log: its own, or else the general one."""
        names = {"general": "log_level"} | {
            component.name: f"log_level_{component.name}" for component in COMPONENTS[1:]
        }
        return {
            component: self.log_level(name if self.text(name) else "log_level")
            for component, name in names.items()
        }

    def names(self, name: str) -> list[str]:
        """Return the parts of the option between its commas or spaces."""
        return self.text(name).replace(",", " ").split()

    def phrases(self, name: str) -> list[str]:
        """Return the parts of the option between its commas, as a list in Python may stand too."""
        parts = self.text(name).strip("[]()").split(",")
        return [part.strip(" '\"") for part in parts if part.strip(" '\"")]

    def group_map(self, name: str) -> dict[str, list[str]]:
        """Return which groups of Kerma a group of elsewhere stands for."""
        found: dict[str, list[str]] = {}
        for pair in filter(None, (part.strip() for part in self.text(name).split(";"))):
            foreign, separator, ours = pair.rpartition("=")
            wanted = [group.strip() for group in ours.split(",")]
            if not separator or not set(wanted) <= GROUPS:
                raise ConfigurationError(
                    f"{_variable(name)} has {pair!r}. Write it as Physicists=view,pid;IT=admin; "
                    f"the groups of Kerma are {', '.join(sorted(GROUPS))}."
                )
            found.setdefault(foreign.strip(), []).extend(wanted)
        return found


def _variable(name: str) -> str:
    return f"KERMA_{name.upper()}"


def _read_file(path: Path) -> dict[str, object]:
    """Return what the file says, nothing if there is none."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    known = {option.name for option in OPTIONS} - {"home"}
    for name in found.keys() - known:
        raise ConfigurationError(
            f"{path} sets {name!r}, which is no setting. Known: {', '.join(sorted(known))}."
        )
    return found


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that begin with KERMA_ and are no setting -> the nearest that is."""
    known = [option.variable for option in OPTIONS]
    strange = sorted(n for n in environment if n.startswith("KERMA_") and n not in known)
    return {name: "".join(get_close_matches(name, known, 1)) for name in strange}


def _given(
    option: Option, environment: Mapping[str, str], file: Mapping[str, object]
) -> tuple[str, object]:
    """Return what is said of an option, and the name of where."""
    if option.variable in environment:
        return option.variable, environment[option.variable]
    if option.name in file:
        return option.variable, file[option.name]
    if option.older and environment.get(option.older, "").strip():
        return option.older, environment[option.older]
    if option.name == "database_url" and environment.get("SQL_HOST"):
        return "SQL_HOST", _postgres_address(environment)
    return option.variable, option.default


def _postgres_address(environment: Mapping[str, str]) -> str:
    """Return the address that the variables of older systems make up; "" without a database."""
    host, port, user, password, name = (quote(environment.get(n, ""), safe="") for n in POSTGRES)
    return f"postgresql://{user}:{password}@{host}:{port or 5432}/{name}" if name else ""


def _convert(option: Option, name: str, given: object) -> Value:
    """Return `given` in the type of the option's default."""
    text = str(given).strip()
    if isinstance(option.default, bool):
        if text.lower() in _FLAGS:
            return _FLAGS[text.lower()]
        raise ConfigurationError(f"{name} must be yes or no, not {text!r}.")
    if isinstance(option.default, int):
        if text.isdecimal():
            return int(text)
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}.")
    return text
