"""The rules of arrival in, a Lua script and a configuration for Debian's Orthanc out."""

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from kerma.store import options
from kerma.store.models import ArrivalRule

SCRIPT = "kerma.lua"
CONFIGURATION = "orthanc.json"
_STOW = "/dicom-web/studies"

_LISTS = {
    ArrivalRule.Attribute.MANUFACTURER: "manufacturers_to_ignore",
    ArrivalRule.Attribute.MODEL: "model_names_to_ignore",
    ArrivalRule.Attribute.STATION: "station_names_to_ignore",
    ArrivalRule.Attribute.SOFTWARE: "software_versions_to_ignore",
    ArrivalRule.Attribute.SERIAL: "device_serial_numbers_to_ignore",
}


class Door(NamedTuple):
    """How Orthanc is reached, and how it reaches Kerma."""

    url: str = ""
    """Address of STOW-RS; not used where there is a folder."""
    token: str = ""
    folder: str = ""
    """A folder that Kerma watches."""
    ae_title: str = "KERMA"
    port: int = 104


def stow_address(kerma: str) -> str:
    """Return the address of STOW-RS of a Kerma; it may be given itself."""
    bare = kerma.rstrip("/")
    return bare if bare.endswith(_STOW) else bare + _STOW


def write(where: Path, door: Door) -> list[Path]:
    """Write both files, and return their paths.

    The script may hold a token: only its owner and group may read it.
    """
    where.mkdir(parents=True, exist_ok=True)
    script, configuration = where.absolute() / SCRIPT, where.absolute() / CONFIGURATION
    script.touch(mode=0o640)
    script.chmod(0o640)
    script.write_text(_filled(SCRIPT, _of_rules() | _of_door(door)), encoding="utf-8")
    places = {
        "ae_title": json.dumps(door.ae_title),
        "port": str(door.port),
        "script": json.dumps(str(script)),
    }
    configuration.write_text(_filled(CONFIGURATION, places), encoding="utf-8")
    return [script, configuration]


def _filled(name: str, places: dict[str, str]) -> str:
    text = (files(__name__) / name).read_text(encoding="utf-8")
    for place, value in places.items():
        text = text.replace(f"@{place}@", value)
    return text


def _of_door(door: Door) -> dict[str, str]:
    return {name: _quoted(getattr(door, name)) for name in ("url", "token", "folder")}


def _of_rules() -> dict[str, str]:
    """Return the lists and switches as the site has them."""
    rules = list(ArrivalRule.objects.order_by("pk"))
    ignore = {
        name: _list(_quoted(rule.pattern) for rule in rules if _is(rule, "ignore", attribute))
        for attribute, name in _LISTS.items()
    }
    physics = [_quoted(rule.pattern) for rule in rules if rule.kind == ArrivalRule.Kind.PHYSICS]
    scanners = [
        _list([_quoted(rule.pattern), _quoted(rule.model)])
        for rule in rules
        if rule.kind == ArrivalRule.Kind.COLLECT
    ]
    return {
        **ignore,
        "use_physics_filtering": _switch("physics_keep"),
        "physics_to_keep": _list(physics),
        "use_toshiba_ct_extractor": _switch("collect_keep"),
        "toshiba_extractor_systems": _list(scanners),
    }


def _is(rule: ArrivalRule, kind: str, attribute: str) -> bool:
    return (rule.kind, rule.attribute) == (kind, attribute)


def _switch(option: str) -> str:
    return "true" if options.get(option) else "false"


def _list(values: Iterable[str]) -> str:
    return f"{{{', '.join(values)}}}"


def _quoted(text: str) -> str:
    """Return text as a string of Lua."""
    plain = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ").replace("\r", " ")
    return f"'{plain}'"
