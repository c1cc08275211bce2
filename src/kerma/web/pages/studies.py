"""The list of a modality: rows at once; the exact count and the statistics when they are ready."""

from itertools import takewhile

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kerma.query import pages
from kerma.query.columns import HEADINGS, Column, columns_of, paths_of
from kerma.query.filters import filters_of
from kerma.query.levels import PERIOD, Share, levels, period_shares, shares
from kerma.query.mark import mark
from kerma.query.selection import FilterError, Selection, select
from kerma.query.suggestions import SUGGESTING, suggestions
from kerma.store import options
from kerma.web import preferences, tables
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import note_search
from kerma.web.address import Address
from kerma.web.cells import NOTHING, Written, level_mark, write
from kerma.web.chips import chips
from kerma.web.formats import plural, whole
from kerma.web.preferences import PAGE_SIZES
from kerma.web.tables import Row, Table, with_sub

_NAMES_ROW = "study_description"
"""The column whose cell names the row and opens the study."""


@require_safe
@groups(*BROWSE)
def studies(request: HttpRequest, modality: str) -> HttpResponse:
    """List the studies of a modality."""
    modality = modality.upper()
    address = Address.of(modality, request.GET)
    if any(not text.strip() for _, texts in request.GET.lists() for text in texts):
        return redirect(address.path())
    identity = may(request.user, "pid")
    try:
        selection = select(modality, address.filters, identity=identity)
    except FilterError as error:
        return _refused(request, modality, error)
    note_search(request, address)
    chosen = _chosen(modality, request, identity=identity)
    number, size = _page_wanted(request)
    before = mark()
    page = pages.page(selection, _paths(modality, chosen), number=number, size=size)
    context = {
        "modality": modality,
        "here": Address(modality, ()).path(),
        "heading": HEADINGS[modality],
        "address": address,
        "charts_address": address.without("order", "columns", "size").path("charts"),
        "selection": selection,
        "spanned": _spanned(chosen),
        "table": _table(selection, chosen, page.rows, address),
        "page": page,
        "first": (number - 1) * size + 1,
        "last": (number - 1) * size + len(page.rows),
        "order_words": _order_words(selection),
        "chips": chips(selection, address, identity=identity, today=timezone.localdate()),
        "choices": _choices(modality, chosen, identity=identity),
        "chosen_count": len(chosen),
        "fits": _fits(chosen),
        "sizes": PAGE_SIZES,
        "orders": _orders(modality, address, selection),
        "previous": address.having(page=number - 1).path() if number > 1 else "",
        "next": address.having(page=number + 1).path() if page.has_more else "",
        "total": _quick_count(selection),
        "mark": before,
    }
    return render(request, "web/studies.html", context)


def _refused(request: HttpRequest, modality: str, error: FilterError) -> HttpResponse:
    """Say which filter cannot be used, and which are known."""
    context = {"heading": HEADINGS[modality], "here": Address(modality, ()).path(), "error": error}
    return render(request, "web/studies_refused.html", context, status=400)


def _page_wanted(request: HttpRequest) -> tuple[int, int]:
    """Return number and length of the page."""
    number, size = request.GET.get("page", ""), request.GET.get("size", "")
    own = preferences.of(request.user).page_size
    return (
        max(int(number), 1) if number.isdecimal() and len(number) < 8 else 1,
        int(size) if size.isdecimal() and int(size) in PAGE_SIZES else own,
    )


def _chosen(modality: str, request: HttpRequest, *, identity: bool) -> tuple[Column, ...]:
    """Return the columns to list: those of the address, the user's, or the usual ones."""
    known = columns_of(modality)
    asked = [name for text in request.GET.getlist("columns") for name in text.split(",")]
    names = asked or preferences.of(request.user).columns.get(modality, [])
    allowed = [column for column in known.values() if identity or not column.identity]
    wanted = [column for column in allowed if column.name in names]
    if not wanted:
        wanted = [column for column in allowed if column.priority]
    if not any(column.name == _NAMES_ROW for column in wanted):
        wanted.insert(min(1, len(wanted)), known[_NAMES_ROW])
    if modality == "RF" and not options.get("period_in_lists"):
        return tuple(_without_period(column, known) for column in wanted)
    return tuple(wanted)


def _without_period(column: Column, known: dict[str, Column]) -> Column:
    """Return a column without the sum over the patient below its value."""
    below = known.get(column.sub)
    return column._replace(sub="") if below and below.path in PERIOD else column


def _paths(modality: str, chosen: tuple[Column, ...]) -> tuple[str, ...]:
    """Return what the cells show, and what the marks of the rows need."""
    return (*paths_of(chosen, columns_of(modality)), *levels(modality))


def _choices(
    modality: str, chosen: tuple[Column, ...], *, identity: bool
) -> list[tuple[Column, bool]]:
    names = {column.name for column in chosen}
    return [
        (column, column.name in names)
        for column in columns_of(modality).values()
        if identity or not column.identity
    ]


def _fits(chosen: tuple[Column, ...]) -> tuple[int, int, int]:
    """Return how many columns are seen on wide, smaller and small desks."""
    leaving = [column.priority for column in chosen]
    count = len(chosen)
    return count, count - leaving.count(3), count - leaving.count(3) - leaving.count(2)


def _table(
    selection: Selection, chosen: tuple[Column, ...], rows: list[pages.Row], address: Address
) -> Table:
    known = columns_of(selection.modality)

    def by(column: Column) -> str:
        downwards = column.is_number or column.kind == "date_time"
        first, then = (f"-{column.name}", column.name) if downwards else (
            column.name, f"-{column.name}")  # fmt: skip
        return address.having(order=then if selection.order == first else first).path()

    heads = tables.heads(chosen, known, by, selection.order)
    caption = f"{HEADINGS[selection.modality]} studies, {_order_words(selection)}"
    return Table(
        caption,
        heads,
        [_row(selection.modality, chosen, known, row, address) for row in rows],
        f"sticky cards studies {selection.modality.lower()}",
    )


def _row(
    modality: str,
    chosen: tuple[Column, ...],
    known: dict[str, Column],
    row: pages.Row,
    address: Address,
) -> Row:
    found = shares(modality, row)
    greatest = max(found.values(), key=lambda one: one.share, default=None)
    mark = greatest.state if greatest is not None and greatest.state != "ok" else ""
    if modality == "RF":
        found |= period_shares(row)
    name_mark = "" if greatest is None or _says(chosen, greatest) else str(level_mark(greatest))
    cells = [_cell(column, known, row, address, found, name_mark) for column in chosen]
    return tables.row(cells, mark)


def _says(chosen: tuple[Column, ...], share: Share) -> bool:
    """Return whether a cell of the row tells of its greatest share, so that its edge is not all."""
    if share.state == "ok" or any(column.kind == "level" for column in chosen):
        return True
    return share.state == "over" and any(column.path == share.level.name for column in chosen)


def _cell(
    column: Column,
    known: dict[str, Column],
    row: pages.Row,
    address: Address,
    found: dict[str, Share],
    name_mark: str,
) -> str:
    written = with_sub(column, known, row.__getitem__, None, found)
    if column.name == _NAMES_ROW:
        main = written.main or '<span class="muted">No study description</span>'
        return tables.row_head(main, written.sub, address.study(row["id"]), name_mark)
    if column.name == "study_date":
        sub = f'<span class="sub">{written.sub}</span>' if written.sub else ""
        return f'<td class="nowrap full">{written.main or NOTHING}{sub}</td>'
    if column.name == "display_name":
        return f'<td class="full brief">{written.main}<span class="sub">{written.sub}</span></td>'
    return tables.cell(column, written)


def _order_words(selection: Selection) -> str:
    if selection.order == "-study_date":
        return "newest first"
    if selection.order == "study_date":
        return "oldest first"
    numbers = selection.column.is_number
    ends = ("highest first", "lowest first") if numbers else ("from Z to A", "from A to Z")
    return f"{selection.column.heading}, {ends[0] if selection.descending else ends[1]}"


def _orders(modality: str, address: Address, selection: Selection) -> list[tuple[str, str, bool]]:
    """Return the orders that phones, which have no table head, offer."""
    known = columns_of(modality)
    names = ["-study_date", "study_date"]
    names += [f"-{column.name}" for column in known.values() if column.statistic]
    names += ["display_name", "study_description"]
    return [
        (_initial(_order_words(selection._replace(order=name))),
         address.having(order=name).path(), name == selection.order)
        for name in names
    ]  # fmt: skip


def _initial(words: str) -> str:
    """Return the words with a capital in front, the others as they are."""
    return words[:1].upper() + words[1:]


def _quick_count(selection: Selection) -> int | None:
    """Return the count where it costs nothing, None where it is to be asked for afterwards."""
    cheap = all(given.filter.kind in {"from", "until", "system"} for given in selection.given)
    return pages.count(selection) if cheap else None


@require_safe
@groups(*BROWSE)
def count(request: HttpRequest, modality: str) -> HttpResponse:
    """Return the exact count of a filter, and the numbers of its pages."""
    address = Address.of(modality.upper(), request.GET)
    selection = _selection(request, address)
    if selection is None:
        return HttpResponse(status=400)
    total = pages.count(selection)
    of_all = pages.count(Selection(selection.modality))
    number, size = _page_wanted(request)
    numbers = [
        (n, address.having(page=n).path() if n else "", n == number)
        for n in _numbers(number, -(-total // size))
    ]
    context = {"total": total, "of_all": of_all, "pages": numbers}
    return render(request, "web/count.html", context)


@require_safe
@groups(*BROWSE)
def statistics(request: HttpRequest, modality: str) -> HttpResponse:
    """Return the foot of the table: median and middle half of every column that has one."""
    modality = modality.upper()
    selection = _selection(request, Address.of(modality, request.GET))
    if selection is None:
        return HttpResponse(status=400)
    chosen = _chosen(modality, request, identity=may(request.user, "pid"))
    columns = [column for column in chosen if column.statistic]
    of_all = pages.count(selection) <= pages.MOST_READ
    found = pages.quartiles(selection, columns, of_all=of_all)
    of = "the filter" if of_all else f"the newest {whole(pages.NEWEST_READ)}"
    return HttpResponse(_foot(chosen, found, of))


def _foot(chosen: tuple[Column, ...], found: dict[str, pages.Quartiles], of: str) -> str:
    """Return one row that fits the columns, those too that leave on a narrow screen."""
    spanned = _spanned(chosen)
    head = (
        f'<th scope="row" class="full" colspan="{spanned}">Median of {of}'
        '<span class="sub">middle half in brackets</span></th>'
    )
    cells = [head, *(_foot_cell(column, found.get(column.name)) for column in chosen[spanned:])]
    return f"<tr>{''.join(cells)}</tr>"


def _spanned(chosen: tuple[Column, ...]) -> int:
    """Return how many columns the words of the foot may span: those before one that may leave."""
    steady = takewhile(lambda column: not column.statistic and column.priority < 2, chosen)
    return max(sum(1 for _ in steady), 1)


def _foot_cell(column: Column, quartiles: pages.Quartiles | None) -> str:
    if quartiles is None:
        return f'<td class="{tables.css_of(column)} hide"></td>'
    plain = column._replace(kind="number") if column.kind == "events" else column
    low, middle, high = (_plainly(plain, value) for value in quartiles[:3])
    title = f"{plural(quartiles.studies, 'study')} with a value"
    return tables.cell(column, Written(middle, f"({low}–{high})", title))


def _plainly(column: Column, value: float) -> str:
    """Return a value as the column writes it."""
    return write(column, lambda path: value).main


@require_safe
@groups(*BROWSE)
def suggest(request: HttpRequest, modality: str) -> HttpResponse:
    """Return texts for a filter, with their counts: `?filter=NAME&NAME=typed`."""
    name = request.GET.get("filter", "")
    known = filters_of(modality.upper(), identity=False)
    if name not in SUGGESTING or name not in known:
        return HttpResponse(status=400)
    found = suggestions(modality.upper(), known[name], request.GET.get(name, "").strip())
    return render(request, "web/suggestions.html", {"name": name, "suggestions": found})


def _numbers(current: int, last: int) -> list[int]:
    """Return the page numbers to offer; 0 stands for those left out."""
    wanted = sorted({1, 2, current - 1, current, current + 1, last} & set(range(1, last + 1)))
    found: list[int] = []
    for number in wanted:
        if found and number > found[-1] + 1:
            found.append(0)
        found.append(number)
    return found


def _selection(request: HttpRequest, address: Address) -> Selection | None:
    try:
        return select(address.modality, address.filters, identity=may(request.user, "pid"))
    except FilterError:
        return None
