"""The JSON Schema of platform files, for the loader and for editors."""
