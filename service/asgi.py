"""What gunicorn serves: the front, with Flask behind it."""

from service import create_app
from service.front.application import Front

# Made when gunicorn imports this, and shared by its workers: nothing of it is open before they ask.
app = create_app()


def create_asgi() -> Front:
    """Return the ASGI application. Its Flask application is in `app`."""
    return Front(app)
