"""``python -m api`` is the command ``caspian``."""

import sys

from api.commands.main import main

sys.exit(main())
