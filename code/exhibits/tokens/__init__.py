"""Tokens as chips, live and printed; merges replayed; surprise."""
