"""`press check` looks the machine over: a line each, with the remedy where something is missing."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from press.checks import environment
from press.checks.environment import Finding, look_over

ROOT = Path(__file__).resolve().parents[1]
NAMES = [
    "Python",
    "packages",
    "kernel",
    "Pandoc",
    "tiktoken",
    "text",
    "pretrained",
    "messages",
    "Chromium",
    "Quarto",
]


def test_everything_that_the_journal_uses_is_looked_at_and_is_here() -> None:
    findings = {finding.name: finding for finding in look_over(ROOT)}
    assert list(findings) == NAMES
    assert [
        finding.name for finding in findings.values() if finding.needed and not finding.fine
    ] == []
    assert "50,257 entries" in findings["tiktoken"].text


def test_a_version_off_its_pin_is_named_with_both_and_the_remedy(tmp_path: Path) -> None:
    project = (
        '[project]\ndependencies = ["click==0.1", "nothing-of-this-name==1.0", "jinja2[i18n]==9",'
        ' "plotly"]\n'
    )
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    found = list(environment._off_pins(tmp_path))
    assert [line.rpartition(" is ")[0] for line in found] == [
        "click",
        "nothing-of-this-name",
        "jinja2",
    ]
    assert [line.rpartition(" pinned ")[2] for line in found] == ["0.1", "1.0", "9"]
    assert "nothing-of-this-name is missing, pinned 1.0" in found


def test_a_build_of_a_version_is_that_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["torch==2.13.0"]\n', encoding="utf-8"
    )
    monkeypatch.setattr(environment, "version", lambda name: "2.13.0+cpu")
    assert list(environment._off_pins(tmp_path)) == []


def failing(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(arguments[0], 1, "", "no")


def test_a_kernel_that_does_not_start_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.subprocess, "run", failing)
    finding = environment.look_at("kernel")
    assert not finding.fine and "reinstall ipykernel" in finding.text


def test_a_missing_pandoc_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise OSError("gone")

    monkeypatch.setattr(environment, "binary", missing)
    assert not environment.look_at("Pandoc").fine


def test_a_damaged_text_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "texts.toml").write_text("broken = [", encoding="utf-8")
    monkeypatch.setenv("JOURNAL_DATA", str(tmp_path))
    finding = environment.look_at("text")
    assert not finding.fine and "texts.toml" in finding.text


@pytest.mark.parametrize(
    ("finding", "mark"),
    [
        (Finding("a", True, "x"), "ok"),
        (Finding("a", False, "x"), "BAD"),
        (Finding("a", False, "x", needed=False), "--"),
    ],
)
def test_a_line_begins_with_its_mark(finding: Finding, mark: str) -> None:
    assert str(finding).split() == [mark, "a", "x"]


def test_check_fails_if_something_needed_is_bad(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "look_over", lambda root: [Finding("text", False, "gone")])
    said = journal.press("check")
    assert said.status == 1
    assert "BAD  text" in said.out and "in order" in said.out
    monkeypatch.setattr(
        environment, "look_over", lambda root: [Finding("Quarto", False, "gone", needed=False)]
    )
    assert journal.press("check").status == 0


def test_check_names_the_faults_of_the_pages_after_the_machine(journal: Any) -> None:
    journal.page("See @fig-gone.\n")
    said = journal.press("check")
    assert said.status == 1
    assert len(
        [line for line in said.out.splitlines() if line.startswith(("ok", "--", "BAD"))]
    ) == len(NAMES)
    assert "2025-07-02-a.qmd:5" in said.err
