"""Settings of the tests: those of Kerma, with a home for each process that goes at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["KERMA_HOME"] = tempfile.mkdtemp(prefix="kerma-tests-")
    atexit.register(shutil.rmtree, os.environ["KERMA_HOME"], ignore_errors=True)
elif Path(os.environ["KERMA_HOME"]).name != os.environ["PYTEST_XDIST_WORKER"]:
    os.environ["KERMA_HOME"] += f"/{os.environ['PYTEST_XDIST_WORKER']}"
    Path(os.environ["KERMA_HOME"]).mkdir(exist_ok=True)

from kerma.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
