"""Compares two builds by what they define, not by the lines of their files."""
