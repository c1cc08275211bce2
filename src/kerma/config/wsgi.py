"""The application that a WSGI server such as waitress serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")

application = get_wsgi_application()
