"""Every check of a claim is able to fail: with one thing broken, its verdict turns
(tests/sabotage.py says what).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exhibits.page.claim_registry import registry

ROOT = Path(__file__).resolve().parents[1]
SABOTAGE = Path(__file__).with_name("sabotage.py")
CLAIMS = [claim.id for claim in registry(ROOT).values() if claim.kind != "opinion"]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Of each claim the verdict as things are, and with its break."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("JOURNAL_")
    }
    environment["JOURNAL_MODELS"] = str(tmp_path_factory.mktemp("models"))
    done = subprocess.run(
        [sys.executable, SABOTAGE], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("id", CLAIMS)
def test_a_break_turns_the_verdict(id: str, verdicts: dict[str, list[Any]]) -> None:
    whole, broken = verdicts[id]
    assert whole in (True, "part"), f"without a break {id} is {whole!r}"
    assert broken in (False, "not shown"), f"with its break {id} is {broken!r}"
