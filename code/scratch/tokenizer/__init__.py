"""From text to ids, in reading order: simple, pretokenize, id_string, bpe_naive, bpe_merge, bpe,
bpe_train, bpe_file, registry, gpt2_files, tiktoken_gpt2; in arrays: hash_table, pair_ranks,
bpe_merge_array, chunk_cache, pretokenize_array, array_encoder.
"""
