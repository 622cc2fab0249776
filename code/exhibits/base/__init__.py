"""What every exhibit is made of: markup with its plain text, JSON in a page, tables, files, words
that follow numbers.
"""
