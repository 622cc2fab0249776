"""What an author writes, read and checked before anything runs.

In reading order: yaml_schema, keys (from keys.yml), globs, dates, front_matter, config
(`_quarto.yml`); prose, bibliography, page; then what is checked across a page or all pages:
markdown_checks, claims, project.
"""
