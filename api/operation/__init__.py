"""What runs around the application: connections, request ids, logs, metrics, limits."""
