"""A user in, what that user chose about the pages out, and kept."""

from typing import Any, cast

import msgspec

from kerma.store import options
from kerma.store.models import UserOptions
from kerma.web.access import User
from kerma.web.formats import DATES

PAGE_SIZES = (25, 50, 100, 200)
THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "dense")


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """Appearance, length of lists, chosen columns of each list, periods of the home page."""

    theme: str = "auto"
    density: str = "comfortable"
    page_size: int = 25
    dates: str = "words"
    """How dates are written, a name of `kerma.web.formats.DATES`."""
    periods: tuple[int, int] | None = None
    """Days over which the home page counts the workload; None where the site's hold."""
    columns: dict[str, list[str]] = {}
    """Modality -> names of the columns listed, in their order."""
    charts: dict[str, dict[str, str]] = {}
    """Modality -> what is drawn and how, as parameters of the page of charts."""


def of(user: User) -> Preferences:
    """Return the user's choices, asking the database once per request."""
    if not user.is_authenticated:
        return Preferences()
    known = getattr(user, "_kerma_preferences", None)
    if known is None:
        known = _read(UserOptions.objects.filter(user_id=user.pk).first())
        user.__dict__["_kerma_preferences"] = known
    return cast(Preferences, known)


def periods_of(user: User) -> tuple[int, int]:
    """Return the periods of the home page: the user's, or else the site's."""
    first, second = of(user).periods or options.get("home_workload_days")
    return first, second


def _pair(found: list[int] | None) -> tuple[int, int] | None:
    return None if found is None else (found[0], found[1])


def keep(user: User, **changes: Any) -> None:
    """Change some of the user's choices."""
    chosen = msgspec.structs.replace(of(user), **changes)
    UserOptions.objects.update_or_create(
        user_id=cast(int, user.pk),
        defaults={
            "theme": chosen.theme,
            "page_size": chosen.page_size,
            "date_format": chosen.dates,
            "values": _others(user)
            | {
                "density": chosen.density,
                "columns": chosen.columns,
                "periods": chosen.periods,
                "charts": chosen.charts,
            },
        },
    )
    user.__dict__["_kerma_preferences"] = chosen


def _others(user: User) -> dict[str, Any]:
    """Return what other parts of Kerma keep about the user in the same place."""
    found = (
        UserOptions.objects.filter(user_id=cast(int, user.pk))
        .values_list("values", flat=True)
        .first()
    )
    return found or {}


def _read(row: UserOptions | None) -> Preferences:
    if row is None:
        return Preferences()
    return Preferences(
        theme=row.theme if row.theme in THEMES else "auto",
        density=row.values.get("density", "comfortable"),
        page_size=row.page_size if row.page_size in PAGE_SIZES else PAGE_SIZES[0],
        dates=row.date_format if row.date_format in DATES else "words",
        periods=_pair(row.values.get("periods")),
        columns=row.values.get("columns", {}),
        charts=row.values.get("charts", {}),
    )
