"""`make soak`: what is too long for `make test`, which checks the same at a smaller scale.

The tests that are marked `soak`; then a site that is killed at a hundred moments. Options go on to
pytest: python tests/soak.py -k phones
"""

import sys

import run


def main() -> None:
    """Run every long check."""
    run.finish(run.build_site())
    run.run_pytest("tests", "-m", "soak", *sys.argv[1:])


if __name__ == "__main__":
    main()
