"""The journal's own model: a small GPT that learns from the journal's text, in minutes and on one core.

What: `journal_model` is the one model that the labs train and watch, and that the game of swaps asks. Which text it learns
from is the page's choice; everything else stands here. The sizes are those of a machine without a GPU: the encoding has
few entries, since the scores of the vocabulary are most of a small model's work (`scratch.cost`).
Source: sizes and rates were tried on the novella; the rest is `scratch.trainingconfig`'s.
Left out: large texts, for which `press train` is there.
"""

from scratch.bpe import train as train_encoding
from scratch.corpus import Text
from scratch.gptconfig import GPTConfig
from scratch.prose import hold_out, paragraphs
from scratch.trained import Trained, trained
from scratch.trainingconfig import TrainingConfig

ENTRIES = 1_024  # of the encoding, which is learned from the text as well
MODEL = GPTConfig(vocab_size=ENTRIES, context_length=128, width=96, heads=4, blocks=4)
TRAINING = TrainingConfig(
    steps=560, batch_size=8, highest_rate=4e-3, lowest_rate=4e-4, warm_up=40, evaluate_every=40, seed=1
)
KEPT = (0, 40, 120, 280)  # steps of which the weights are kept, with the last


def journal_model(text: Text) -> Trained:
    """Train the journal's model on a text, or take it from where it was kept (`scratch.trained`).

    Raises: ValueError if the text is too short to be learned from: the encoding needs ENTRIES different pieces, each
    part a window.
    """
    learned, held_out = hold_out(paragraphs(text.content))
    encoding = train_encoding(learned, ENTRIES)
    return trained(learned, held_out, encoding, MODEL, TRAINING, KEPT)
