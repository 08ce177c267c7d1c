"""`python -m rodatraden.cli`, the same as the command `rodatraden`."""

import sys

from rodatraden.cli import main

sys.exit(main())
