import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.cli.test_main import PROGRAM


@pytest.fixture
def server(tmp_path):
    """Start a command in a process of its own; gives the process and the line it says first."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            env=os.environ | {"KERMA_HOME": str(tmp_path)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process, process.stdout.readline()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_says_when_it_is_ready_answers_and_stops_on_sigterm(server):
    server("migrate")[0].wait()
    process, line = server("web", "--port", "0")
    address = line.removeprefix("Kerma is ready at ").strip()
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{address}there-is-no-such-page", timeout=30)
    answer.value.close()
    process.send_signal(signal.SIGTERM)
    said, errors = process.communicate(timeout=30)

    assert address.startswith("http://localhost:")
    assert answer.value.code == 404
    assert (process.returncode, said) == (0, "")
    assert "Traceback" not in errors


def test_web_refuses_an_empty_database_and_says_what_to_do(server):
    process, line = server("web", "--port", "0")
    _, errors = process.communicate(timeout=30)

    assert line == ""
    assert process.returncode == 1
    assert "run `kerma migrate`" in errors


def test_a_port_in_use_is_a_sentence(server):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        server("migrate")[0].wait()
        process, _ = server("web", "--host", "127.0.0.1", "--port", str(port))
        _, errors = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be had" in errors
    assert "Traceback" not in errors


@pytest.mark.django_db
def test_a_port_that_cannot_exist_is_a_sentence():
    with pytest.raises(CommandError, match="There is no port 99999"):
        call_command("web", "--port", "99999")


def test_below_a_folder_of_an_address_pages_and_styles_are_found_with_and_without_it(
    server, monkeypatch
):
    monkeypatch.setenv("VIRTUAL_DIRECTORY", "dms/")
    server("migrate")[0].wait()

    _, line = server("web", "--port", "0")

    address = line.removeprefix("Kerma is ready at ").strip()
    assert address.endswith("/dms/")
    page = read(f"{address}first-administrator/")
    assert 'href="/dms/static/web/kerma.css' in page
    assert "--accent" in read(f"{address}static/web/kerma.css")
    stripped = address.removesuffix("dms/")  # as a proxy does that takes the folder off
    assert 'href="/dms/static/web/kerma.css' in read(f"{stripped}first-administrator/")


def read(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()
