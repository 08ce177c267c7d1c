"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rodatraden.config.settings")
application = get_wsgi_application()

# Models, templates and addresses live as long as the process: to look through them for garbage, as the default is each few
# pages, takes a tenth of every page.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
