"""Mutants: rules made wrong on purpose, one way at a time, to see whether the stories notice."""
