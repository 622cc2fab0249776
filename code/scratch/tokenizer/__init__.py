"""From text to ids: the simple tokenizer of words, byte-pair encoding, and GPT-2's own through
tiktoken.
"""
