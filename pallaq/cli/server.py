"""What granian's worker serves; the worker ends with granian, even when that is killed."""

import os
import signal

from pallaq.cli.children import die_with_parent
from pallaq.wsgi import application

die_with_parent(os.getppid(), signal.SIGKILL)

__all__ = ["application"]
