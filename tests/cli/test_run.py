"""`kerma run`: one command that receives, imports, works and serves the pages."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from kerma.demo.hospital import draw_studies
from tests.demo.conftest import UNTIL
from tests.sites import Site, free_port


@contextmanager
def site_that_runs(home):
    """Start commands of a site; gives for each the process and the lines up to the last."""
    started = []

    def start(*arguments):
        process = Site(home, "").python(
            "-c", "from kerma.cli.main import main; main()", *arguments, stdout=subprocess.PIPE
        )
        started.append(process)
        lines = []
        while line := process.stdout.readline():
            lines.append(line.strip())
            if line.startswith("Kerma is ready at "):
                break
        return process, lines

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


@pytest.fixture
def run(tmp_path):
    with site_that_runs(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Start all of it once; gives the home and the lines."""
    home = tmp_path_factory.mktemp("home")
    with site_that_runs(home) as start:
        yield home, start("run", "--port", "0", "--receive-port", str(free_port()))[1]


def test_the_line_of_the_pages_is_the_last_of_the_start_and_they_open(everything):
    _, lines = everything

    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{lines[-1].rpartition(' ')[2]}no-such-page", timeout=30)
    answer.value.close()

    assert answer.value.code == 404
    assert sum(line.startswith("Kerma receives at KERMA:") for line in lines) == 1


def test_the_port_that_was_opened_is_that_of_the_store_in_the_database(everything):
    home, lines = everything
    said = next(line for line in lines if line.startswith("Kerma receives"))

    [(port,)] = Site(home, "").ask("SELECT port FROM store_localstore")

    assert said.rpartition(":")[2].strip(". ") == str(port)


def test_on_sigterm_all_of_it_ends_without_a_word(run):
    process, _ = run("run", "--port", "0", "--receive-port", "0")

    process.send_signal(signal.SIGTERM)
    said, errors = process.communicate(timeout=40)

    assert (process.returncode, said) == (0, "")
    assert "Traceback" not in errors
    assert "killed" not in errors


@pytest.mark.skipif(not shutil.which("storescu"), reason="there is no DCMTK on this machine")
def test_an_object_that_is_sent_is_stored_even_after_the_receiver_was_killed(everything, tmp_path):
    home, lines = everything
    port = next(line.rpartition(":")[2] for line in lines if line.startswith("Kerma receives"))
    study = next(draw_studies(1, seed=3, until=UNTIL))
    path = tmp_path / "object.dcm"
    path.write_bytes(study.objects[0].data)
    site = Site(home, "")

    [(killed,)] = site.ask("SELECT pid FROM store_process WHERE kind = 'receive'")
    os.kill(killed, signal.SIGKILL)
    send = ["storescu", "-R", "-aec", "KERMA", "127.0.0.1", port, str(path)]
    until(lambda: subprocess.run(send, capture_output=True).returncode == 0)

    until(lambda: site.ask("SELECT count(*) FROM store_study") == [(1,)])


def until(happens, seconds=60):
    end = time.monotonic() + seconds
    while not (found := happens()) and time.monotonic() < end:
        time.sleep(0.1)
    assert found, "it did not happen in time"


def test_a_port_of_the_pages_in_use_stops_everything_with_a_sentence(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        process, _ = run("run", "--port", port, "--receive-port", "0")
        errors = process.communicate(timeout=40)[1]

    assert process.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be had" in errors
    assert "web could not start; everything is stopped." in errors
    assert "Traceback" not in errors


def test_the_demo_serves_with_everything_running_and_says_where_to_send_objects(run):
    _, lines = run("demo", "--studies", "1", "--serve", "--port", "0")

    assert any(line.startswith("Kerma receives at KERMA:") for line in lines[:-1])
    assert lines[-1].startswith("Kerma is ready at http://localhost:")
