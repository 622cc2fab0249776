"""Run the journal's own model in the reader's browser.

In reading order: sampling, model_file, writer.
"""
