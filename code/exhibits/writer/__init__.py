"""The journal's small GPT in the reader's browser."""
