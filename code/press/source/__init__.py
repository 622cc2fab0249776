"""What an author writes, read and checked before anything runs.

In reading order: yaml_schema, globs, generated, config (`_quarto.yml`); dates, inline,
front_matter, page; then what is checked across a page or all pages: crossref, unsupported_markdown,
claims, project.
"""
