"""The command `press`, also as `python -m press`."""

import atexit
import os
import sys
from typing import NoReturn

from press.cli.main import main


def run() -> NoReturn:
    """Do what the command line asks for, and end at once.

    Python would let go of all that is in memory piece by piece before it ends: 0.2 s, and more for
    a long journal.
    """
    status: object = 0
    try:
        main()
    except SystemExit as ended:
        status = ended.code
    if isinstance(status, str):
        print(status, file=sys.stderr)
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # whoever read it has gone, as `head` does
        status = 1
    os._exit(status if isinstance(status, int) else int(status is not None))


if __name__ == "__main__":
    run()
