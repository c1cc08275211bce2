"""Environment and `kerma.toml` in, the value of every option out."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from zoneinfo import available_timezones

from kerma.errors import KermaError

Value = str | int | bool


class Option(NamedTuple):
    """One thing a site may set: `KERMA_PORT` in the environment is `port` in `kerma.toml`."""

    name: str
    default: Value
    sentence: str

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return _variable(self.name)


OPTIONS = (
    Option("home", "~/.kerma", "Folder of the database, the keys and all else; made at first use."),
    Option("database_url", "", "Address of a PostgreSQL database; without it SQLite in the home."),
    Option("secret_key", "", "Key that signs sessions; without it that of the home is used."),
    Option("identity_key", "", "Key that hashes patient identity; without it that of the home."),
    Option("host", "127.0.0.1", "Address the web server listens on; `0.0.0.0` means all."),
    Option("port", 8000, "Port the web server listens on."),
    Option("threads", 8, "How many pages the web server makes at the same time."),
    Option("allowed_hosts", "localhost,127.0.0.1,[::1]", "Names browsers may use, by commas."),
    Option("trusted_proxy", "", "Address of the reverse proxy whose X-Forwarded headers count."),
    Option("https", False, "Whether browsers come by https only; cookies then demand it."),
    Option("session_hours", 12, "Hours after which a user must log in again."),
    Option("time_zone", "UTC", "Zone in which Kerma shows its own times, as `Europe/Madrid`."),
    Option("disk_free_gb", 5, "Free space in GB below which `kerma check` complains."),
    Option("log_level", "INFO", "Least severe messages logged: DEBUG, INFO, WARNING or ERROR."),
    Option("debug", False, "Whether error pages show the inside; for developers only."),
)
"""Every setting there is. The documentation lists them too, and a test compares."""

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
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
            given = environment.get(option.variable, file.get(option.name, option.default))
            self._values[option.name] = _convert(option, given)

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
        if level not in _LEVELS:
            raise ConfigurationError(
                f"{_variable(name)} is {level!r}; it must be one of {', '.join(_LEVELS)}."
            )
        return level

    def names(self, name: str) -> list[str]:
        """Return the parts of the option between its commas."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]


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


def _convert(option: Option, given: object) -> Value:
    """Return `given` in the type of the option's default."""
    text = str(given).strip()
    if isinstance(option.default, bool):
        if text.lower() in _FLAGS:
            return _FLAGS[text.lower()]
        raise ConfigurationError(f"{option.variable} must be yes or no, not {text!r}.")
    if isinstance(option.default, int):
        if text.isdecimal():
            return int(text)
        raise ConfigurationError(f"{option.variable} must be a whole number, not {text!r}.")
    return text
