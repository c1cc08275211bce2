"""How long pages take on a filled database.

    KERMA_HOME=FOLDER python bench/pages.py [--repeat N]

Run `bench/bulk.py` first. Each page is asked for through Django's test client by a user of all
groups; printed are the median and the longest of N times, and the number of queries. The aim at a
million studies is 100 ms for a page, and 1 s for the exact count, which follows after it.
"""

import argparse
import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
django.setup()

from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kerma.store.models import Study

PAGES = (
    ("home", "/", 100),
    ("CT, newest first", "/ct/", 100),
    ("CT, description contains 'thorax'", "/ct/?study_description=thorax", 100),
    ("CT, description contains 'angio portable'", "/ct/?study_description=angio+portable", 100),
    ("CT, no such description", "/ct/?study_description=unheard-of", 100),
    ("CT, highest DLP first", "/ct/?order=-dlp", 100),
    ("DX, newest first", "/dx/", 100),
    ("DX, description contains 'knee'", "/dx/?study_description=knee", 100),
    ("RF, protocol contains '12'", "/rf/?acquisition_protocol=12", 100),
    ("count: CT", "/ct/count/", 1000),
    ("count: CT, description", "/ct/count/?study_description=thorax", 1000),
    ("count: DX, description", "/dx/count/?study_description=knee", 1000),
    ("count: CT, DLP over 500", "/ct/count/?dlp_min=500", 1000),
)
"""Name, address, and aim in ms."""


def user() -> User:
    """Return a user of all groups."""
    found, _ = User.objects.get_or_create(username="bench-pages")
    found.groups.set(Group.objects.all())
    return found


def time_page(client: Client, address: str, repeat: int) -> tuple[float, float, int]:
    """Return the median and the longest time in ms, and the number of queries."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers with status {answer.status_code}.")
    number = len(queries)
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        client.get(address)
        spent.append((time.perf_counter() - start) * 1e3)
    return statistics.median(spent), max(spent), number


def main() -> None:
    """Time every page and print it."""
    parser = argparse.ArgumentParser(description="Time the pages on a filled database.")
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    client = Client(SERVER_NAME="localhost")
    client.force_login(user())
    print(f"{connection.vendor}, {Study.objects.count()} studies")
    detail = Study.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for name, address, aim in (*PAGES, ("study", f"/study/{detail}/", 100)):
        median, longest, queries = time_page(client, address, repeat)
        print(
            f"{name:45} {median:7.1f} ms median {longest:7.1f} ms longest "
            f"{median / aim:5.2f} of the aim, {queries} queries"
        )


if __name__ == "__main__":
    main()
