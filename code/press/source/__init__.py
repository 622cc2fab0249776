"""What an author writes, read and checked before anything runs: `_quarto.yml`, pages, claims,
cross-references.
"""
