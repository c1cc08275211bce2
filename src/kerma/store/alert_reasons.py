"""The reasons that people give for an alert: those of the site, or the usual ones."""

from kerma.store import options

OPTION = "alert_reasons"

USUAL = (
    ("indicated", "Clinically indicated"),
    ("complex", "Complex procedure"),
    ("size", "Large patient"),
    ("repeat", "Repeated examination"),
    ("protocol", "Wrong protocol or settings"),
    ("equipment", "Fault of the equipment"),
    ("training", "Training needed"),
    ("data", "Fault in the data, not in the dose"),
    ("test", "Test or quality assurance"),
)
"""Code and words."""


def reasons() -> dict[str, str]:
    """Return the words of every reason by its code."""
    stored = options.get(OPTION)
    return dict(stored or USUAL)


def put(found: dict[str, str]) -> None:
    """Keep the reasons of the site; none at all goes back to the usual ones."""
    options.put(OPTION, [[code, words] for code, words in found.items()])
