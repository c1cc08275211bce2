"""Who may open these pages: a part of the table of all roles."""

ADMIN = {"admin"}
QUERIES = {"import-qr"}
BOTH = {"import-qr", "admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "network": ("/network/", ADMIN),
    "network-store-add": ("/network/store/add/", ADMIN),
    "network-store": ("/network/store/1/", ADMIN),
    "network-store-echo": ("/network/store/1/echo/", BOTH),
    "network-store-delete": ("POST /network/store/1/delete/", ADMIN),
    "network-node-add": ("/network/node/add/", ADMIN),
    "network-node": ("/network/node/1/", ADMIN),
    "network-node-echo": ("/network/node/1/echo/", BOTH),
    "network-node-delete": ("POST /network/node/1/delete/", ADMIN),
    "query": ("/query/", QUERIES),
    "queries": ("/queries/", BOTH),
    "queries-keep": ("POST /queries/keep/", ADMIN),
    "query-page": ("/queries/1/", BOTH),
    "query-part": ("/queries/1/part/", BOTH),
    "query-act": ("POST /queries/1/act/", BOTH),
    "query-log": ("/queries/1/log/", BOTH),
    "query-study": ("/queries/1/1/", BOTH),
    "schedules": ("/schedules/", BOTH),
    "schedule-add": ("/schedules/add/", BOTH),
    "schedule-preview": ("POST /schedules/preview/", BOTH),
    "schedule": ("/schedules/1/", BOTH),
    "schedule-act": ("POST /schedules/1/act/", BOTH),
    "schedule-sure": ("/schedules/1/delete/", BOTH),
    "completeness": ("/completeness/", BOTH),
    "completeness-start": ("POST /completeness/start/", BOTH),
    "completeness-day": ("/completeness/1/", BOTH),
    "completeness-fetch": ("POST /completeness/1/fetch/", BOTH),
}
"""Name of the address -> an address, and the groups that may open it."""
