"""`python -m brecha` is the command `brecha`."""

import sys

from brecha.command import main

if __name__ == "__main__":
    sys.exit(main())
