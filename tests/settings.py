"""Settings of the tests: those of Kerma, with a home that goes when the tests end."""

import atexit
import os
import shutil
import tempfile

if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["KERMA_HOME"] = tempfile.mkdtemp(prefix="kerma-tests-")
    atexit.register(shutil.rmtree, os.environ["KERMA_HOME"], ignore_errors=True)

from kerma.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
