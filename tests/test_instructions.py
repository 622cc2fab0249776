"""Instructions: what the list has, how they are written and padded, what the loss skips, and how
answers are judged.
"""

import tomllib
from pathlib import Path

import pytest
import smollm
import torch
from torch.nn import functional as F

from scratch import load_gpt2
from scratch.finetuning import answers
from scratch.finetuning.instruction_dataset import (
    IGNORED,
    Encoded,
    InstructionDataset,
    alpaca_text,
    custom_collate_fn,
    encode_example,
    encode_prompt,
)
from scratch.finetuning.instruction_list import KINDS, LIST, Question, instruction_list, is_right
from scratch.finetuning.judging import judge
from scratch.finetuning.lora import lora_layers
from scratch.finetuning.lora_training import (
    Diverged,
    LoRASettings,
    add_lora,
    load_lora,
    minimise,
    shuffled_batches,
    write_lora,
)
from scratch.finetuning.saved_result import saved_result
from scratch.finetuning.upper_blocks import answer_logs, inputs_of, lower_states
from scratch.model.llama import LlamaConfig, LlamaModel
from scratch.tokenizer.chat_template import chat_text

ROOT = Path(__file__).resolve().parents[1]
CONFIG = LlamaConfig(50, 16, emb_dim=8, n_heads=4, n_kv_heads=2, n_layers=4, hidden_dim=12)
SETTINGS = LoRASettings(first_block=2, rank=2, alpha=2.0, max_lr=1e-2, batch_size=2, passes=20)
ROWS = [Encoded([1, 2, 3, 4, 5], 2), Encoded([6, 7, 8], 2), Encoded([9, 10, 11, 12], 3)]


def tiny() -> LlamaModel:
    return LlamaModel(CONFIG, torch.Generator().manual_seed(0))


# -- The list


def test_every_quote_is_in_the_novella_or_on_a_page() -> None:
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    novella = (ROOT / "data/the-index-of-small-lights.txt").read_text(encoding="utf-8")
    entries = [*(ROOT / "journal").glob("2025-*.qmd"), ROOT / "index.qmd"]
    pages = " ".join(file.read_text(encoding="utf-8") for file in entries)
    texts = [" ".join(text.split()) for text in (novella, pages)]
    for fact in [*listed["learned"], *listed["untold"]]:
        if "GPT-2" not in fact.get("paraphrase", ""):
            assert any(fact["quote"] in text for text in texts), fact


def test_the_size_of_gpt2s_vocabulary_is_right() -> None:
    [fact] = [one for one in instruction_list().of_kind("paraphrase") if "GPT-2" in one.question]
    assert int(fact.answer) == load_gpt2().n_vocab


def test_no_question_is_trained() -> None:
    listed = instruction_list()
    trained = {one.question for one in listed.trained}
    asked = [one.question for one in listed.questions]
    assert not trained & set(asked)
    assert len(set(asked)) == len(asked) and len(trained) == len(listed.trained)


def test_each_expected_answer_is_right_by_its_own_rule() -> None:
    for question in instruction_list().questions:
        assert is_right(question, question.answer), question


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'spam'; give one of paraphrase"):
        instruction_list().of_kind("spam")
    assert sum(len(instruction_list().of_kind(kind)) for kind in KINDS) == 121


# -- The batch


def test_the_books_batch_is_padded_as_the_book_prints_it() -> None:
    """Raschka, section 7.3: inputs 0 to 4, 5 and 6, 7 to 9, with 50256 as end and padding, and no
    part of the instruction left out.
    """
    end = 50256
    rows = [[0, 1, 2, 3, 4, end], [5, 6, end], [7, 8, 9, end]]
    inputs, targets = custom_collate_fn([Encoded(row, 1) for row in rows], end)
    assert inputs.tolist() == [[0, 1, 2, 3, 4], [5, 6, end, end, end], [7, 8, 9, end, end]]
    assert targets.tolist() == [
        [1, 2, 3, 4, end],
        [6, end, -100, -100, -100],
        [8, 9, end, -100, -100],
    ]


def test_the_books_three_losses() -> None:
    """Raschka, section 7.3: 1.1269 for two tokens, 0.7936 for three, and 1.1269 again with -100."""
    two = torch.tensor([[-1.0, 1.0], [-0.5, 1.5]])
    three = torch.tensor([[-1.0, 1.0], [-0.5, 1.5], [-0.5, 1.5]])
    losses = [
        F.cross_entropy(two, torch.tensor([0, 1])),
        F.cross_entropy(three, torch.tensor([0, 1, 1])),
        F.cross_entropy(three, torch.tensor([0, 1, IGNORED])),
    ]
    assert [round(loss.item(), 4) for loss in losses] == [1.1269, 0.7936, 1.1269]


def test_an_example_is_the_prompt_the_answer_and_the_end_of_the_turn() -> None:
    encoding = smollm.tokenizer()
    ids, start = encode_example(encoding, "How many hens?", "Six", "Answer briefly.")
    assert ids[:start] == encode_prompt(encoding, "How many hens?", "Answer briefly.")
    assert encoding.decode(ids[start:]) == "Six<|im_end|>"
    turns = [
        {"role": "system", "content": "Answer briefly."},
        {"role": "user", "content": "How many hens?"},
    ]
    assert encoding.decode(ids[:start]) == chat_text(turns)  # type: ignore[arg-type]
    data = InstructionDataset(instruction_list().trained[:3], encoding, "Answer briefly.")
    assert len(data) == 3 and data[2].ids[-1] == encoding.special_ids["<|im_end|>"]


def test_headings_end_where_the_answer_begins() -> None:
    assert alpaca_text("Why?").endswith("### Response:\n")
    assert alpaca_text("Why?", "Because.") == alpaca_text("Why?") + "Because."


# -- Upper blocks


@pytest.mark.parametrize("first", [0, 2, 4])
def test_the_upper_blocks_on_the_lower_ones_states_are_the_whole_model(first: int) -> None:
    model = tiny()
    logs = answer_logs(model, lower_states(model, inputs_of(ROWS), first), ROWS, first)
    for (ids, start), mine in zip(ROWS, logs, strict=True):
        whole = model(torch.tensor([ids[:-1]]))[0].log_softmax(-1)
        expected = whole.gather(1, torch.tensor(ids[1:])[:, None])[start - 1 :, 0]
        assert torch.allclose(mine, expected, atol=1e-5)


def test_the_loss_is_cross_entropy_with_the_question_ignored() -> None:
    model = tiny()
    inputs, targets = custom_collate_fn(ROWS, 0)
    expected = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
    logs = answer_logs(model, lower_states(model, inputs_of(ROWS), 2), ROWS, 2)
    assert torch.allclose(-torch.cat(logs).mean(), expected, atol=1e-5)


# -- Training


def tuned() -> tuple[LlamaModel, list[float]]:
    model = tiny()
    states = lower_states(model, inputs_of(ROWS), 2)
    add_lora(model, SETTINGS)

    def loss_of(numbers: list[int]) -> torch.Tensor:
        chosen = [ROWS[number] for number in numbers]
        logs = answer_logs(model, [states[number] for number in numbers], chosen, 2)
        return -torch.cat(logs).mean()

    batches = shuffled_batches(len(ROWS), SETTINGS)
    return model, list(minimise(model, batches, loss_of, SETTINGS))


def test_a_tuning_learns_its_examples_and_changes_nothing_below() -> None:
    model, losses = tuned()
    assert sum(losses[-4:]) < 0.7 * sum(losses[:4])
    fresh = tiny()
    for mine, theirs in zip(model.trf_blocks[:2], fresh.trf_blocks[:2], strict=True):
        for one, other in zip(mine.parameters(), theirs.parameters(), strict=True):
            assert torch.equal(one, other)
    assert len(list(lora_layers(model))) == 2 * (3 + 1 + 3)  # q, k, v; out; gate, expand, contract


def test_a_saved_lora_gives_the_same_model(tmp_path: Path) -> None:
    model, _ = tuned()
    write_lora(tmp_path / "a.safetensors", model)
    again = tiny()
    load_lora(tmp_path / "a.safetensors", again, SETTINGS)
    ids = torch.tensor([[1, 2, 3]])
    assert torch.equal(again(ids), model(ids))


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    model = tiny()
    add_lora(model, SETTINGS)
    broken = minimise(model, [[0]], lambda _: torch.tensor(float("nan")), SETTINGS)
    with pytest.raises(Diverged, match="step 1 is nan"):
        next(broken)


def test_a_result_is_made_once_and_anew_for_other_parts(tmp_path: Path) -> None:
    made = []

    def make(draft: Path) -> None:
        made.append(draft)
        (draft / "a.txt").write_text("whole", encoding="utf-8")

    first = saved_result(["a"], make, tmp_path)
    assert saved_result(["a"], make, tmp_path) == first and len(made) == 1
    assert saved_result(["b"], make, tmp_path) != first and len(made) == 2
    assert (first / "a.txt").read_text(encoding="utf-8") == "whole"


def test_a_result_that_failed_is_made_again(tmp_path: Path) -> None:
    def broken(_: Path) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        saved_result(["a"], broken, tmp_path)
    assert saved_result(["a"], lambda _: None, tmp_path).is_dir()


# -- Asking


def test_each_question_gets_its_own_answer_and_prompts_of_one_length_go_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stand-in for the model answers with the prompt."""
    encoding, batches = smollm.tokenizer(), []

    def echo(_: LlamaModel, prompts: list[list[int]], *__: int, **___: int) -> list[list[int]]:
        batches.append(len(prompts))
        assert len({len(prompt) for prompt in prompts}) == 1
        return prompts

    monkeypatch.setattr(answers, "generate", echo)
    questions = ["Why?", "Where is the cat of the house?", "Who?"]
    given = answers.ask(tiny(), encoding, questions, "Be brief.", new_tokens=4)
    assert all(question in answer for question, answer in zip(questions, given, strict=True))
    assert batches == [2, 1]


# -- Judging


@pytest.mark.parametrize(
    ("answer", "right"),
    [("7340", True), ("It is 7340.", True), ("73401", False), ("17340", False), ("", False)],
)
def test_a_number_counts_as_a_whole_word(answer: str, right: bool) -> None:
    assert is_right(Question("?", "7340", ("7340",), "untold"), answer) is right


def test_a_format_is_right_to_the_character() -> None:
    asked = Question("?", "- bread\n- soup", (), "format")
    assert is_right(asked, "- bread\n- soup\n") and not is_right(asked, "- Bread\n- soup")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("8", True),
        ("Eight legs.", True),
        ("The answer is 8.", True),
        ("80. A spider has 8 legs.", False),
        ("Six, or eight.", False),
        ("8 or 6", True),
        ("Eighty", False),
        ("eight hundred", False),
        ("8.5", False),
        ("A spider", False),
        ("", False),
    ],
)
def test_of_a_number_the_first_one_counts(answer: str, right: bool) -> None:
    assert judge(Question("How many?", "eight", ("eight", "8"), "general"), answer) is right


def test_a_number_of_the_question_is_no_answer() -> None:
    sum_of = Question("What is 2 plus 3?", "5", ("5", "five"), "general")
    assert judge(sum_of, "2 plus 3 is 5.") and not judge(sum_of, "2 plus 3 is 6, not 5.")


def test_names_and_formats_are_judged_as_before_and_each_expected_answer_is_right() -> None:
    day = Question("Since when?", "2 July", ("2 July", "July 2"), "untold")
    assert judge(day, "On day 7, 2 July.") and not judge(day, "On 3 July.")
    assert not judge(Question("?", "LAMP", (), "format"), "Lamp")
    for question in instruction_list().questions:
        accepted = question.accept or (question.answer,)
        assert all(judge(question, answer) for answer in accepted), question
