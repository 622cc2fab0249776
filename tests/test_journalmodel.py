"""The journal's own model: what it learns from, and that every page gets the same one."""

from dataclasses import replace
from pathlib import Path

import pytest

from scratch import load_text
from scratch.model.config import GPTConfig
from scratch.text.corpus import Text
from scratch.text.paragraphs import hold_out, paragraphs
from scratch.tokenizer.bpe import BadVocabulary
from scratch.tokenizer.bpe_train import train
from scratch.training import journal_model as module
from scratch.training.config import TrainingConfig
from scratch.training.journal_model import ENTRIES, MODEL, SAVED_STEPS, TRAINING, journal_model

STORY = (
    "CHAPTER 1\n\n"
    + "The cat sat\non the mat.\n\n" * 30
    + "CHAPTER 2\n\n"
    + "Zebras quizzed zany oxen.\n\n" * 5
)


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Text:
    """A story of two chapters, and a model that is small enough for it."""
    monkeypatch.setenv("JOURNAL_MODELS", str(tmp_path))
    monkeypatch.setattr(module, "ENTRIES", 262)
    monkeypatch.setattr(module, "MODEL", GPTConfig(262, 8, emb_dim=8, n_heads=2, n_layers=1))
    monkeypatch.setattr(
        module, "TRAINING", TrainingConfig(steps=4, batch_size=2, warmup_steps=1, evaluate_every=2)
    )
    monkeypatch.setattr(module, "SAVED_STEPS", (0, 2))
    return replace(load_text(), content=STORY)


def test_the_last_chapter_is_in_neither_the_encoding_nor_the_windows(story: Text) -> None:
    kept = journal_model(story)
    learned, held_out = hold_out(paragraphs(STORY))
    assert held_out.startswith("CHAPTER 2") and "on the mat" in learned
    assert kept.encoding.merges == train(learned, 262).merges
    assert kept.windows == (len(kept.encoding.encode_ordinary(learned)) - 1) // 8
    assert not any(b"ebra" in token for token in kept.encoding.tokens)


def test_of_a_text_with_few_pairs_the_model_has_as_many_entries_as_the_encoding(
    story: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ENTRIES", 1_024)
    kept = journal_model(story)
    assert 256 < len(kept.encoding) < 1_024 and kept.config.vocab_size == len(kept.encoding)
    with pytest.raises(BadVocabulary, match=f"runs out of pairs at {len(kept.encoding)};"):
        train(hold_out(paragraphs(STORY))[0], 1_024)


def test_the_weights_of_the_steps_that_pages_show_are_kept(story: Text) -> None:
    kept = journal_model(story)
    assert kept.steps == (0, 2, 4)
    assert [step for step, _ in kept.measured()] == [0, 2, 4]


def test_a_second_page_gets_the_same_model(story: Text, tmp_path: Path) -> None:
    first, second = journal_model(story), journal_model(story)
    assert first.folder == second.folder and first.encoding.tokens == second.encoding.tokens
    assert len([item for item in tmp_path.iterdir() if item.is_dir()]) == 1


def test_the_measures_fit_each_other_and_a_page_that_a_phone_loads() -> None:
    assert MODEL.vocab_size == ENTRIES and max(SAVED_STEPS) < TRAINING.steps
    assert 2 * sum(MODEL.parameters().values()) < 5_000_000  # bytes as float16
