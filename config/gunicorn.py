"""gunicorn: `gunicorn -c python:config.gunicorn config.wsgi`. Its own variables (WEB_CONCURRENCY, PORT) apply."""

import os

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4  # below DB_POOL_SIZE, so that no thread waits for a connection
timeout = 60
preload_app = True  # a start that cannot succeed ends at once, with its reason, before any worker is forked
control_socket_disable = True  # it would lie in the home folder, one for all services of that user
loglevel = os.environ.get("LOG_LEVEL", "INFO").lower()
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
