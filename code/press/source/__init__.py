"""What an author writes, read and checked before anything runs.

In reading order: yaml_schema, globs, generated, keys, dates, front_matter, config (`_quarto.yml`);
inline, page; then what is checked across a page or all pages: crossref, unsupported_markdown,
claims, project.
"""
