"""What every other room of press uses: problems with file and line, files that are written whole,
Python that is parsed.
"""
