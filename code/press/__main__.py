"""`python -m press` is the command `press`."""

from press.cli import main

main()
