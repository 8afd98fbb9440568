"""``python -m api`` is the command ``caspian``."""

import sys

from api.command_line import main

sys.exit(main())
