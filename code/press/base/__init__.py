"""What every other room of press uses.

In reading order: errors (problems with file and line), files (read, copied, hashed, written whole),
git, pyparse (Python parsed from any thread).
"""
