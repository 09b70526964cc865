"""How gunicorn serves the bare workers: as gunicorn.conf.py has it, without the application."""

workers = 1
# Of gthread alone: more of them make it slower, and fewer clients can be slow.
threads = 4
timeout = 30
keepalive = 5
accesslog = None
control_socket_disable = True
