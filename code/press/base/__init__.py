"""What every other room of press uses.

In reading order: errors (problems with file and line), files (read, copied, written whole), pyparse
(Python parsed from any thread).
"""
