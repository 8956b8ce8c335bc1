"""Numbers that people write in groups, for the patterns of the redaction policy."""


def grouped_digits(least: int, most: int = 0) -> str:
    """Return the pattern of so many further digits, or of up to `most`, each after a space, a dash or nothing."""
    return rf"(?:[ -]?[0-9]){{{least}{f',{most}' if most else ''}}}"
