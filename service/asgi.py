"""What gunicorn serves: the front, with Flask behind it."""

from service import create_app
from service.front.application import Front


def create_asgi() -> Front:
    """Return the ASGI application. Its Flask application is in `app`."""
    return Front(create_app())
