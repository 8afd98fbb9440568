"""The process that works at a job: ``python -m api.building CACHE JOB LIFELINE``.

It builds an edition as ``caspian build`` does, and draws what the map first shows of it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from api.collections.first_map import make_first_map
from api.processes.builder import log_lines, work_at

_NICENESS = 5  # so that answers go before


def main(arguments: list[str]) -> int:
    """Work at a job; 0 where it was ended as it should be, also without success."""
    from zones.editions.store import Store  # slow to load

    folder, identity, lifeline = arguments
    os.nice(_NICENESS)
    log_lines()
    return work_at(Store(Path(folder)), identity, int(lifeline), draw=make_first_map)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
