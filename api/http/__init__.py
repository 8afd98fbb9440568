"""The application over HTTP: ids and headers of every answer, gunicorn's configuration, log and metrics."""
