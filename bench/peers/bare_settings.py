"""How gunicorn serves the bare worker: as gunicorn.conf.py has it, without the application."""

workers = 1
timeout = 30
keepalive = 5
accesslog = None
control_socket_disable = True
