"""Compute what chapter 5 publishes: the loss of an untrained GPT, and ways to choose a token.

What: our GPT with 256 positions and the weights that the book's seed gives, our loss, our sampling.
On The Verdict: the windows of its two parts, and the loss on each. With GPT-2's weights: its token
vectors, and the text that it writes. Source: Raschka, Build a Large Language Model (From Scratch),
chapter 5. Left out: the ten epochs of section 5.2, which take minutes.
"""

import torch

from scratch.book.draws import SEED, book_config, gpt
from scratch.book.values import Values
from scratch.model.generate import Sampling, choose, generate, probabilities
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.training.dataset import GPTDataset
from scratch.training.loss import evaluate, next_token_loss

CONTEXT = 256  # tokens; chapter 5 trains with so many
PROMPT = "Every effort moves you"
INPUTS = torch.tensor([[16833, 3626, 6100], [40, 1107, 588]])
TARGETS = torch.tensor([[3626, 6100, 345], [1107, 588, 11311]])
VOCABULARY = "closer every effort forward inches moves pizza toward you".split()
LOGITS = torch.tensor([4.51, 0.89, -1.90, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79])
DRAWS = 1_000
LEARNED = 0.9  # of the text's characters


def losses(model: GPTModel, gpt2: BytePairEncoding) -> Values:
    """Return the outputs of section 5.1 that need no text: two rows of three tokens."""
    logits = model(INPUTS)
    guesses = logits.argmax(dim=-1)
    of_targets = logits.softmax(dim=-1).gather(-1, TARGETS[..., None]).squeeze(-1)
    loss = next_token_loss(model, INPUTS, TARGETS)
    prompt = gpt2.encode(PROMPT)
    return {
        "untrained_text": PROMPT + gpt2.decode(generate(model, [prompt], 10)[0]),
        "probabilities_shape": logits.shape,
        "guessed_ids": guesses,
        "targets_text": gpt2.decode(TARGETS[0].tolist()),
        "guessed_text": gpt2.decode(guesses[0].tolist()),
        "target_probabilities_1": of_targets[0],
        "target_probabilities_2": of_targets[1],
        "target_logs": of_targets.log(),
        "mean_log": of_targets.log().mean(),
        "negative_mean_log": -of_targets.log().mean(),
        "loss": loss,
        "loss_early": loss,
        "perplexity": loss.exp(),
        "perplexity_early": loss.exp(),
        "flat_shape": logits.flatten(0, 1).shape,
    }


def counts(temperature: float) -> list[int]:
    """Return how often each of the nine words is drawn in DRAWS draws at a temperature."""
    generator = torch.Generator().manual_seed(SEED)
    sampling = Sampling(temperature=temperature)
    drawn = [int(choose(LOGITS[None], sampling, generator)) for _ in range(DRAWS)]
    return torch.bincount(torch.tensor(drawn), minlength=len(VOCABULARY)).tolist()


def choices() -> Values:
    """Return the outputs of section 5.3: choosing among nine words."""
    generator = torch.Generator().manual_seed(SEED)
    drawn = int(choose(LOGITS[None], Sampling(temperature=1.0), generator))
    best = LOGITS.topk(3)
    warm = counts(5.0)
    return {
        "best_word": VOCABULARY[int(choose(LOGITS[None]))],
        "drawn_word": VOCABULARY[drawn],
        "counts_1": counts(1.0)[:-1],
        "counts_cold": counts(0.1)[:-1],
        "counts_warm": warm,
        "pizza": 100 * warm[VOCABULARY.index("pizza")] / DRAWS,
        "top_logits": best.values,
        "top_positions": best.indices,
        "top_probabilities": probabilities(LOGITS, Sampling(temperature=1.0, top_k=3)),
    }


def on_verdict(model: GPTModel, text: str, gpt2: BytePairEncoding) -> Values:
    """Return the outputs of section 5.1.3: a text's two parts, and the untrained loss on each."""
    cut = int(LEARNED * len(text))
    learned, held_out = (
        GPTDataset.of(gpt2.encode(part), CONTEXT, CONTEXT) for part in (text[:cut], text[cut:])
    )
    return {
        "text_end": text[-99:],
        "text_characters": len(text),
        "text_tokens": len(gpt2.encode(text)),
        "train_batches": len(learned) // 2,
        "validation_batches": -(-len(held_out) // 2),
        "train_tokens": len(learned) // 2 * 2 * CONTEXT,
        "validation_tokens": len(held_out) * CONTEXT,
        "all_tokens": (len(learned) // 2 * 2 + len(held_out)) * CONTEXT,
        "train_loss": evaluate(model, learned, batch_size=2),
        "validation_loss": evaluate(model, held_out, batch_size=2),
    }


def outputs(gpt2: BytePairEncoding, verdict: str | None) -> Values:
    """Return the outputs, name of the row -> output; with verdict, also those of The Verdict."""
    with torch.no_grad():
        model = gpt(book_config(CONTEXT)).eval()
        rows = losses(model, gpt2) | choices()
        return rows if verdict is None else rows | on_verdict(model, verdict, gpt2)


def with_gpt2(model: GPTModel, gpt2: BytePairEncoding) -> Values:
    """Return the outputs of section 5.5: GPT-2's token vectors, and a text drawn with top-k."""
    generator = torch.Generator().manual_seed(SEED)
    sampling = Sampling(temperature=1.5, top_k=50)
    written = generate(model, [gpt2.encode(PROMPT)], 25, sampling, generator)[0]
    table, ends = model.tok_emb.weight, [0, 1, 2, -3, -2, -1]
    return {
        "gpt2_table_shape": table.shape,
        "gpt2_table_first": table[0, ends],
        "gpt2_table_second": table[1, ends],
        "gpt2_table_last": table[-1, ends],
        "gpt2_text": PROMPT + gpt2.decode(written).rstrip(),
    }
