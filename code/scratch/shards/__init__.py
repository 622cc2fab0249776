"""Texts of any size as token ids on disk."""
