"""Find two files that a reader may have added: The Verdict, and GPT-2's weights.

What: The Verdict is looked up in the list of texts, and taken only if its hash shows that it is the
book's copy; GPT-2's weights are where `press weights` saves them. Source: Edith Wharton, The
Verdict (1908), in the public domain; openai-community/gpt2 of the Hugging Face Hub. Left out:
downloading either (`press texts add`, `press weights`).
"""

import hashlib
from pathlib import Path

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.gpt2_layout import load_gpt2_weights
from scratch.text.corpus import data_folder, load_text
from scratch.text.utf8 import TextError

VERDICT = "the-verdict"
VERDICT_SHA256 = "b41e41a68f0398a3154ae69e2e4c0e2694e17fe0d66730536837f1b01935b31f"  # of its UTF-8
WEIGHTS = ("openai-community--gpt2.safetensors", "gpt2.safetensors")  # in .press/weights


def verdict(folder: Path | None = None) -> str | None:
    """Return the text of The Verdict, or None if it is missing or differs from the book's copy.

    folder: of the texts; where None, the journal's
    """
    try:
        content = load_text(VERDICT, folder).content
    except TextError:
        return None
    return content if hashlib.sha256(content.encode()).hexdigest() == VERDICT_SHA256 else None


def weights(folder: Path | None = None) -> GPTModel | None:
    """Return GPT-2's small model, or None if its weights are missing or of another size.

    folder: of the weights; where None, the journal's .press/weights
    Raises: BadWeights if a file with that name is not a GPT-2.
    """
    folder = folder or data_folder().parent / ".press" / "weights"
    for name in WEIGHTS:
        if (folder / name).is_file():
            model = load_gpt2_weights(folder / name)
            return model if model.config == GPTConfig.preset("gpt2") else None
    return None
