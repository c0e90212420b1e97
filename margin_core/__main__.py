"""``python -m margin_core`` is ``margin``."""

import sys

from margin_core.cli import main

sys.exit(main())
