"""A retrieval whose process is killed goes on where it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.net.faulty_pacs import Faults, FaultyPacs
from tests.net.query.test_retrieve import arrived, mg_studies

STUDIES = 8
_SETUP = """
import django; django.setup()
from django.core.management import call_command
from kerma.net import queries
from kerma.net.carry_out import carry_out_query
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, RemoteNode
call_command("migrate", verbosity=0)
node = RemoteNode.objects.create(name="PACS", address="127.0.0.1", ae_title="PACS", port={pacs})
store = LocalStore.objects.create(name="Kerma", ae_title="KERMA", port={store})
query = queries.make(node, store, Wanted(modalities=("MG",)))
carry_out_query(query.pk, Aside())
queries.ready(query)
"""
_RETRIEVE = """
import django; django.setup()
from kerma.net.carry_out import carry_out_retrieval
from kerma.net.telling import Aside
carry_out_retrieval(1, Aside())
"""


def _python(home: Path, program: str) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
    environment |= {"KERMA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kerma.config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_after_a_kill_the_rest_is_fetched_and_nothing_twice_but_what_was_under_way(store, tmp_path):
    home = tmp_path / "killed"
    home.mkdir()
    with FaultyPacs(mg_studies(STUDIES, 1), stores={"KERMA": store.port}) as pacs:
        assert _python(home, _SETUP.format(pacs=pacs.port, store=store.port)).wait() == 0
        pacs.faults = Faults(slow_s=0.2)
        first = _python(home, _RETRIEVE)
        while len(pacs.asked("move")) < 3:
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        first.wait()
        before = len(pacs.asked("move"))
        pacs.faults = Faults()
        assert _python(home, _RETRIEVE).wait() == 0

    asked = [request.identifier.SeriesInstanceUID for request in pacs.asked("move")]
    assert before < STUDIES
    assert set(arrived()) == {f"1.2.{n}.1.1" for n in range(STUDIES)}
    assert len(asked) <= STUDIES + 1
