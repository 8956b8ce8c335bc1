"""From words to trees: which series a measure is read from, what is recorded for it, how a panel is laid out."""
