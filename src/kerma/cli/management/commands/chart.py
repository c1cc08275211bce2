"""`kerma chart`: the numbers behind one chart, by the filters of the list pages."""

from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma import charts
from kerma.charts.base import Item, Result
from kerma.charts.options import OPTIONS, is_option
from kerma.cli.database import ensure_database
from kerma.errors import KermaError
from kerma.query.filters import filters_of
from kerma.query.selection import select

_HEAD = ("system", "item", "count", "mean", "median", "q1", "q3", "min", "max")


class Command(BaseCommand):
    """Print the numbers of a chart."""

    help = (
        "Print the numbers behind a chart. Options are those of the chart, as average=mean "
        "period=quarter per_system=yes; filters are those of the list pages, as "
        "study_description=thorax date_from=2026-01-01."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("name", metavar="NAME", help="as `kerma charts` lists it")
        parser.add_argument("given", nargs="*", metavar="OPTION=VALUE|FILTER=VALUE")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object; without it, a table with tabs"
        )

    def handle(self, *, name: str, given: list[str], json: bool, **options: Any) -> None:
        """Run the command."""
        ensure_database()
        try:
            chart = charts.find(name)
            pairs = [_pair(text) for text in given]
            _refuse_unknown(chart.modality, {name for name, _ in pairs})
            chosen = charts.read_options(pair for pair in pairs if is_option(pair[0]))
            filters = [pair for pair in pairs if not is_option(pair[0])]
            selection = select(chart.modality, filters, identity=True)
        except KermaError as error:
            raise CommandError(str(error), returncode=2) from error
        result = charts.compute(chart, selection, chosen)
        self.stdout.write(as_json(result) if json else _table(result))


def _refuse_unknown(modality: str, names: set[str]) -> None:
    """Refuse what is neither an option nor a filter, and name both."""
    filters = (*filters_of(modality, identity=True), "order")
    for name in sorted(names - {*OPTIONS, *filters}):
        raise KermaError(
            f"There is no option or filter {name!r}. Options: {', '.join(OPTIONS)}. "
            f"Filters: {', '.join(filters)}."
        )


def as_json(result: Result) -> str:
    """Return the result as JSON, without the ids of studies."""
    for series in result.series:
        for item in series.items:
            item.study_ids = None
    said = msgspec.json.decode(msgspec.json.encode(result))
    said = said | {"cases": result.cases, "without": result.without}
    return msgspec.json.encode(said).decode()


def _table(result: Result) -> str:
    """Return a line for each item; what a form has besides is in the JSON."""
    unit = f" ({result.unit})" if result.unit else ""
    lines = [f"# {result.name}{unit}: {result.cases} cases, {result.without} left out"]
    lines.append("\t".join(_HEAD))
    for series in result.series:
        system = " / ".join(filter(None, (series.system, series.split)))
        lines += ["\t".join([_plain(system), *_cells(item)]) for item in series.items]
        for day, hours in enumerate(series.workload or []):
            lines.append("\t".join([_plain(system), f"weekday {day + 1}", *map(str, hours)]))
    return "\n".join(lines)


def _cells(item: Item) -> list[str]:
    numbers = (item.mean, item.median, item.q1, item.q3, item.min, item.max)
    return [_plain(item.item), str(item.count),
            *("" if number is None else f"{number:.6g}" for number in numbers)]  # fmt: skip


def _plain(text: str) -> str:
    """Return the text on one line of one cell."""
    return " ".join(text.split())


def _pair(text: str) -> tuple[str, str]:
    """Return name and value of NAME=VALUE."""
    name, sign, value = text.partition("=")
    if not sign:
        raise KermaError(f"Write an option or a filter as NAME=VALUE, not {text!r}.")
    return name, value
