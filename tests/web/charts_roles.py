"""Who may open these pages: a part of the table of all roles."""

_BROWSE = {"view", "export"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "charts-home": ("/charts/", _BROWSE),
    "charts": ("/charts/ct/", _BROWSE),
    "charts-options": ("POST /charts/ct/options/", _BROWSE),
    "chart": ("/charts/ct/ct-study-dlp/", _BROWSE),
    "chart-table": ("/charts/ct/ct-study-dlp/table/", _BROWSE),
}
"""Name of the address -> an address, and the groups that may open it."""
