"""What stands in front of Flask: it answers again what was answered before, and asks Flask else.

The life of a request: gunicorn's `asgi` worker reads it; `application` looks for an answer of the
same revision of the data (`entries`); only if there is none does Flask run, in a thread
(`wsgi`). What Flask does not see is logged and counted all the same (`record`).
"""
