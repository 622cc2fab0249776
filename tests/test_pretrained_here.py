"""Whether a page may ask the pretrained model: the site's settings, and the file that is there."""

from pathlib import Path

import pytest

from exhibits.page.pretrained_here import left_out, pretrained_missing
from scratch.model import smollm


@pytest.mark.parametrize(
    ("settings", "out"),
    [("", False), ("press: {timeout: 3}\n", False), ("press: {pretrained: true}\n", False),
     ("press: {pretrained: false}\n", True)],
)  # fmt: skip
def test_a_site_may_leave_the_model_out(tmp_path: Path, settings: str, out: bool) -> None:
    (tmp_path / "_quarto.yml").write_text(settings, encoding="utf-8")
    assert left_out(tmp_path) is out
    if out:
        assert pretrained_missing(tmp_path) == "This site is printed without the pretrained model."


def test_a_missing_file_is_said_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise smollm.NoPretrained("model.gguf is not installed; run make")

    monkeypatch.setattr(smollm, "pretrained_file", missing)
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    said = pretrained_missing(tmp_path)
    assert said == "The pretrained model is missing: model.gguf is not installed; run make."
