"""The door through which granian calls Django."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pallaq.settings")
application = get_wsgi_application()
import_module("pallaq.urls")  # every room, before the first request asks for it
# What is loaded lives as long as the process. Without this the collector looks at all of it again on each page that
# makes many objects: half the processor's time of a scoreboard of 5,000 indicators.
gc.collect()
gc.freeze()
