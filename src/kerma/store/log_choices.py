"""How much each log keeps: chosen in the database, and brought to the files of every host."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from kerma import logs
from kerma.logs import COMPONENTS, Choice
from kerma.store import options

CHOICE = "log_choices"


def current() -> dict[str, Choice]:
    """Return the choice for every component: that of the page, or else the site's settings."""
    stored = _stored()
    return {
        one.name: stored.get(one.name, Choice(level=settings.KERMA_LOG_LEVELS[one.name]))
        for one in COMPONENTS
    }


@transaction.atomic
def choose(component: str, choice: Choice) -> None:
    """Keep a choice; the processes of this host follow within seconds, others with their beat."""
    stored = _stored() | {component: choice}
    options.put(CHOICE, {name: one._asdict() for name, one in stored.items()})
    transaction.on_commit(follow)


def follow() -> None:
    """Bring what was chosen to the files of this host, if it is not there yet."""
    stored, home = _stored(), Path(settings.KERMA_HOME)
    if stored != logs.chosen(home):
        logs.choose(home, stored)


def _stored() -> dict[str, Choice]:
    known = {component.name for component in COMPONENTS}
    return {name: Choice(**values) for name, values in options.get(CHOICE).items() if name in known}
