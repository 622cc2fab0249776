"""Train the journal's own model: a small GPT, on the journal's text, in minutes on one core.

What: several labs and the page on swapped words use the same model, which `journal_model` trains.
The page chooses the text; everything else is here. The sizes suit a machine without a GPU: the
encoding has few entries, since computing logits for the whole vocabulary is most of a small model's
work (`scratch.baselines.vocab_cost`). Source: sizes and rates were tried on the novella; the rest
are the defaults of `scratch.training.config`. Left out: large texts (`press train`).
"""

from dataclasses import replace

from scratch.model.config import GPTConfig
from scratch.smoke import fewer
from scratch.text.corpus import Text
from scratch.text.paragraphs import hold_out, paragraphs
from scratch.tokenizer.bpe_train import train as train_encoding
from scratch.training.config import TrainingConfig
from scratch.training.model_cache import Trained, trained

# of the encoding, which is learned from the text as well; at most, if it has few pairs
ENTRIES = fewer(1_024, 320)
MODEL = GPTConfig(
    vocab_size=ENTRIES,
    context_length=fewer(128, 64),
    emb_dim=fewer(96, 16),
    n_heads=4,
    n_layers=fewer(4, 1),
)
TRAINING = TrainingConfig(
    steps=480, batch_size=8, max_lr=4e-3, min_lr=4e-4, warmup_steps=40, evaluate_every=40, seed=1,
    optimiser="muon",
)  # fmt: skip
SAVED_STEPS = (0, 40, 120, 280)  # whose weights are saved, with the last


def journal_model(text: Text) -> Trained:
    """Train the journal's model on a text, or load it if it was trained on this text before.

    Raises: ValueError if the training part or the held-out part of the text is too short for a
    window (`scratch.baselines.needs` has the least length).
    """
    learned, held_out = hold_out(paragraphs(text.content))
    encoding = train_encoding(learned, ENTRIES, at_most=True)
    return trained(
        learned, held_out, encoding, replace(MODEL, vocab_size=len(encoding)), TRAINING, SAVED_STEPS
    )
