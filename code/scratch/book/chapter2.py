"""Compute what chapter 2 publishes: tokens, ids, windows, and the first table of vectors.

What: our `split`, our two tokenizers and our windows, on the chapter's sentences, and on Wharton's
The Verdict if the reader has it. Source: Raschka, Build a Large Language Model (From Scratch),
chapter 2. Left out: outputs that are long quotations.
"""

import torch

from scratch.book.draws import SEED, embedding
from scratch.book.values import Values
from scratch.embeddings.embedding import Embedding
from scratch.embeddings.positional import PositionEmbedding
from scratch.text.words import split
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.simple import END_OF_TEXT, SimpleTokenizer
from scratch.training.dataset import GPTDataset, create_dataloader

TEA = "Hello, do you like tea? <|endoftext|> In the sunlit terraces"
LAST = "It's the last he painted, you know,"
DOT = "·"  # between the tokens of a list
WIDE = 256  # numbers of a token's vector in section 2.8


def outputs(gpt2: BytePairEncoding) -> Values:
    """Return the outputs that need no text: name of the row -> output."""
    torch.manual_seed(SEED)
    table = embedding(6, 3)
    ids = gpt2.encode(TEA + "of someunknownPlace.", allowed_special={END_OF_TEXT})
    odd = gpt2.encode("Akwirw ier")
    return {
        "split_sample": DOT.join(split("Hello, world. This, is a test.")),
        "split_dashes": DOT.join(split("Hello, world. Is this-- a test?")),
        "bpe_ids": ids,
        "bpe_decoded": gpt2.decode(ids),
        "bpe_vocabulary": len(gpt2),
        "bpe_end_of_text": gpt2.encode(END_OF_TEXT, allowed_special={END_OF_TEXT}),
        "odd_ids": odd,
        "odd_pieces": DOT.join(gpt2.decode([number]) for number in odd),
        "odd_decoded": gpt2.decode(odd),
        "table": table.weight,
        "table_row": table(torch.tensor([3])),
        "table_rows": table(torch.tensor([2, 3, 5, 1])),
    }


def of_words(text: str) -> Values:
    """Return the outputs of sections 2.2 to 2.4 on The Verdict."""
    tokens = split(text)
    vocabulary = SimpleTokenizer.of(tokens)
    sentence = f'"{LAST}" \n           Mrs. Gisburn sentence with pardonable pride.'
    tea = TEA + " of the palace."
    return {
        "verdict_characters": len(text),
        "verdict_begin": text[:99],
        "verdict_first_tokens": DOT.join(tokens[:30]),
        "verdict_tokens": len(tokens),
        "verdict_words": len(vocabulary) - 2,
        "verdict_words_early": len(vocabulary) - 2,
        "verdict_tokens_early": len(tokens),
        "verdict_entry_50": vocabulary.tokens[50],
        "verdict_ids": vocabulary.encode(sentence),
        "verdict_ids_early": vocabulary.encode(sentence),
        "verdict_decoded": vocabulary.decode(vocabulary.encode(sentence)),
        "verdict_vocabulary": len(vocabulary),
        "verdict_last_entries": DOT.join(vocabulary.tokens[-5:]),
        "verdict_unknown_ids": vocabulary.encode(tea, unknown="unk"),
        "verdict_unknown_decoded": vocabulary.decode(vocabulary.encode(tea, unknown="unk")),
    }


def of_windows(text: str, gpt2: BytePairEncoding) -> Values:
    """Return the outputs of sections 2.6 and 2.8 on The Verdict."""
    ids = gpt2.encode(text)
    sample = ids[50:]
    one_by_one = GPTDataset.of(ids, context_length=4, stride=1)
    inputs, targets = next(create_dataloader(GPTDataset.of(ids, 4, 4), batch_size=8))
    generator = torch.Generator().manual_seed(SEED)
    vectors = Embedding(len(gpt2), WIDE, generator)(inputs)
    places = PositionEmbedding(4, WIDE, generator)(torch.arange(4))
    return {
        "verdict_bpe_tokens": len(ids),
        "verdict_x": sample[:4],
        "verdict_y": sample[1:5],
        "verdict_desired": gpt2.decode(sample[:5]),
        "verdict_first_batch": torch.cat(one_by_one[0]),
        "verdict_second_batch": torch.cat(one_by_one[1]),
        "verdict_inputs": inputs,
        "verdict_targets": targets,
        "verdict_shape": inputs.shape,
        "verdict_vectors_shape": vectors.shape,
        "verdict_positions_shape": places.shape,
        "verdict_embeddings_shape": (vectors + places).shape,
    }
