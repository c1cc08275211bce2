"""The commands in, the text of `kerma --help` out."""

from django.core.management import get_commands, load_command_class

_HEAD = """\
Usage: kerma COMMAND [ARGUMENT…]

Radiation dose monitoring, study collection and phantom quality assurance from DICOM.

Commands (`kerma COMMAND --help` says more about each):"""

_FOOT = """\
Settings are read from the environment (KERMA_…) and from the file kerma.toml in KERMA_HOME.
Django's own commands, such as shell and dbshell, work too."""


def overview() -> str:
    """Return the list of Kerma's own commands, each with the first sentence of its help."""
    names = sorted(name for name, app in get_commands().items() if app == "kerma.cli")
    lines = [f"  {name:<12}{_first_sentence(name)}" for name in names]
    return "\n".join([_HEAD, *lines, "", _FOOT])


def _first_sentence(name: str) -> str:
    """Return the first sentence of a command's help."""
    return load_command_class("kerma.cli", name).help.split(". ")[0].rstrip(".") + "."
