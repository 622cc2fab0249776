"""What the GPT is held against, and the journal's experiments: counting models, swaps, costs, and
what each needs of a text.
"""
