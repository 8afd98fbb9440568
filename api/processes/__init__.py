"""Editions built as jobs: what may be chosen, the jobs, the process that builds, what differs afterwards."""
