"""The pretrained model, whole: its logits and what it writes are those of transformers."""

from collections.abc import Iterator
from typing import Any

import pytest
import smollm
import torch

from scratch.model.generate import Sampling, generate, stream
from scratch.model.gpt import count_parameters
from scratch.text.corpus import load_text
from scratch.tokenizer.chat_template import encode_chat

WRITTEN = 200  # tokens


def question(text: str) -> list[int]:
    return encode_chat(smollm.tokenizer(), [{"role": "user", "content": text}])


def prompts() -> list[list[int]]:
    """Ten of 1 to 500 tokens: parts of the novella, questions, a list, code, another language."""
    novella = smollm.tokenizer().encode(load_text("the-index-of-small-lights").content)
    parts = [novella[start : start + length] for start, length in ((0, 500), (3_000, 300))]
    parts += [novella[5_000:5_100], novella[7_000:7_020], novella[:1]]
    texts = ["1, 2, 3, 4,", "def fibonacci(n):\n    ", "Der Himmel über Berlin ist"]
    asked = ["What is the capital of France?", "Write a poem of four lines about a cat and a dog."]
    return parts + [smollm.tokenizer().encode(text) for text in texts] + list(map(question, asked))


@torch.inference_mode()
def test_a_question_has_the_logits_and_the_answer_of_transformers() -> None:
    """Of the same unpacked weights; tests/test_gguf.py compares those with the library's."""
    model, prompt = smollm.model(), question("What is the capital of France?")
    answer = generate(model, [prompt], 7)[0]
    assert smollm.tokenizer().decode(answer) == "The capital of France is Paris."
    ids = torch.tensor([prompt + answer])
    expected = smollm.as_theirs(model)(ids).logits
    assert torch.allclose(model(ids), expected, rtol=0, atol=1e-3)
    assert answer == expected[0, len(prompt) - 1 : -1].argmax(-1).tolist()


def test_an_answer_ends_where_the_model_ends_its_turn_and_comes_token_by_token() -> None:
    """Drawn tokens as greedy ones: the stream is what `generate` collects."""
    model, end = smollm.model(), smollm.tokenizer().special_ids["<|im_end|>"]
    prompt = question("What is the capital of France?")
    assert len(generate(model, [prompt], 40, eos_id=end)[0]) < 20
    for sampling in (Sampling(), Sampling(0.7, top_p=0.9)):
        draws = [torch.Generator().manual_seed(0) for _ in range(2)]
        whole = generate(model, [prompt], 6, sampling, draws[0])[0]
        one_by_one = [int(token) for token in stream(model, [prompt], 6, sampling, draws[1])]
        assert one_by_one == whole


# -- at length


@pytest.fixture(scope="module")
def theirs() -> Iterator[Any]:
    """The file as transformers itself reads it."""
    pytest.importorskip("gguf", reason="transformers reads the file by the library gguf")
    pytest.importorskip("accelerate", reason="transformers loads the file by accelerate")
    from transformers import AutoModelForCausalLM

    path = smollm.path()
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name).eval()
    model.generation_config.eos_token_id = None  # so that none ends an answer
    yield model


@pytest.mark.soak
@torch.inference_mode()
def test_ten_prompts_have_the_logits_of_transformers(theirs: Any) -> None:
    for prompt in prompts():
        ids = torch.tensor([prompt])
        apart = (smollm.model()(ids) - theirs(ids).logits).abs().max()
        assert apart < 1e-3, f"{apart} after {len(prompt)} tokens"


@pytest.mark.soak
@pytest.mark.parametrize("number", [1, 5, 7])  # of 300, 11 and 9 tokens
def test_two_hundred_greedy_tokens_are_those_of_transformers(number: int, theirs: Any) -> None:
    """The shortest of the three prompts is also written on without a cache."""
    prompt = prompts()[number]
    expected = theirs.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.int64),
        max_new_tokens=WRITTEN,
        do_sample=False,
        pad_token_id=0,
    )[0, len(prompt) :].tolist()
    assert len(expected) == WRITTEN
    assert generate(smollm.model(), [prompt], WRITTEN)[0] == expected
    if number == 7:
        assert generate(smollm.model(), [prompt], WRITTEN, use_cache=False)[0] == expected


def test_every_parameter_is_counted() -> None:
    model = smollm.model()
    assert count_parameters(model) == sum(model.config.parameters().values()) == 134_515_008
