"""The laws: what must hold of every build. One function for each; its docstring is the law."""
