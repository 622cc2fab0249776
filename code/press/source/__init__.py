"""What an author writes, read and checked before anything runs.

In reading order: yaml_schema, keys (from keys.yml), globs, dates, front_matter, quarto_yml
(`_quarto.yml`); prose, bibliography, page; then what is checked across a page or all pages:
markdown_checks, claim_calls, project.
"""
