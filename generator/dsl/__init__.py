"""The DSL that definitions are written in: frozen data, which other packages lower and render."""
