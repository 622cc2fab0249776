"""From text to ids, in reading order: simple, pretokenize, id_string, bpe_naive, bpe_merge,
bpe_batch, bpe, bpe_train, bpe_file, registry, gpt2_files, tiktoken_gpt2.
"""
