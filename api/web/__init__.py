"""Requests and responses: what is asked, in which form, and how errors are told."""
