"""The command `press`, also as `python -m press`."""

from press.cli.main import main as run

if __name__ == "__main__":
    run()
