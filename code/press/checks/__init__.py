"""Look over the machine, and the journal as real Quarto would see it."""
