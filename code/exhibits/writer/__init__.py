"""The journal's own model, which writes in the reader's browser.

In reading order: sampling, model_file, writer.
"""
