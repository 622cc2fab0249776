"""`make soak`: what is too long for `make test`, which checks the same at a smaller scale.

The tests that are marked `soak`, on the same site, and the notebooks that ask the pretrained model. Options go on to pytest:
python tests/soak.py -k phones
"""

import sys

import run


def main() -> None:
    """Print the site, and run the long tests on it."""
    run.finish(*run.build_site())
    run.finish(run.start("press", "notebook", "--output", run.NOTEBOOKS))
    notebooks = run.of_pretrained()
    run.run_pytest("--nbmake", *notebooks, "tests", "-m", "soak or notebook", *sys.argv[1:])


if __name__ == "__main__":
    main()
