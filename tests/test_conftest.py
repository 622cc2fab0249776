"""What the tests themselves promise: without a browser they say so loudly, or fail where one is
required.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
WHY = "NO BROWSER: nothing was looked at in Chromium"


@pytest.mark.parametrize(("required", "outcome"), [("", "1 skipped"), ("required", "1 error")])
def test_without_a_browser_a_test_is_skipped_with_its_reason_or_fails(
    journal: Any, required: str, outcome: str
) -> None:
    journal.write("conftest.py", CONFTEST.read_bytes())
    journal.write("test_one.py", "def test_a_page(chromium):\n    pass\n")
    journal.write("pytest.ini", "[pytest]\nmarkers = printer\n")
    environment = {
        **{name: os.environ[name] for name in os.environ if not name.startswith("PYTEST")},
        "CHROMIUM": "/nowhere/chromium",
        "JOURNAL_BROWSER": required,
        "COLUMNS": "200",
        "PYTHONPATH": str(CONFTEST.parent),
    }
    command = [sys.executable, "-m", "pytest", "-rs", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(
        command, cwd=journal.root, capture_output=True, text=True, env=environment
    )
    assert WHY in done.stdout
    assert done.stdout.splitlines()[-1].startswith(outcome)
    assert done.returncode == (1 if required else 0)
