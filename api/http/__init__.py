"""Requests read, answers and problems made, what bounds them, and how gunicorn serves them."""
