"""Look over the machine (environment), and the journal as Quarto would see it (quarto_compat)."""
