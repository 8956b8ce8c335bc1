"""The names of secrets, for fields of objects and for assignments inside texts alike: one list."""

from generator.dsl.assignment import field_names_pattern, names_pattern

GAP = r"[_.\s-]?"
HEADERS = ("authorization", "cookies?")
SECRETS = (
    "passw(?:or)?ds?",
    rf"pass{GAP}(?:word|phrase|code)s?",
    "pwd",
    "secrets?",
    rf"(?:api|access|private|signing|encryption|ssh|auth|subscription|functions|account|master|shared){GAP}keys?",
    rf"connection{GAP}string",
    rf"sess(?:ion)?{GAP}id",
    "sid",
    "dsn",
    "[cx]srf",
)
"""Whatever is assigned to them is secret."""
AMBIGUOUS = ("token", "credentials?", "auth", "bearer", "jwt", "session", "(?<![a-z])pass")
"""Numbers under these names are no secrets, and words after a colon are not, as in `session: started`."""
NO_SECRET_SUFFIXES = (
    "(?:type|method|count|usage|limit|length|size|name|expir|ttl|status|version|budget|input|output|total"
    "|(?:at|in|ms)(?![a-z]))"
)
"""What follows the name of a secret where the value describes it: `token_usage`, `session_count`."""
PARAMETERS = "code|sig|signature|key|otp|authz|X-Amz-(?:Signature|Credential|Security-Token)|X-Goog-Signature"
"""Parameters of queries that are secret; elsewhere, their names are ordinary words."""
OPTIONS = "password|passwd|pwd|token|secret|key|auth|cookie"
"""How the names of a command's options end whose values are secret."""

SECRET_NAME = names_pattern(SECRETS, NO_SECRET_SUFFIXES)
AMBIGUOUS_NAME = names_pattern(AMBIGUOUS, NO_SECRET_SUFFIXES)
SECRET_NAMES = field_names_pattern((*HEADERS, *SECRETS, *AMBIGUOUS), NO_SECRET_SUFFIXES)
NUMERIC_NAMES = "pass.|pwd|secret|key|id$|authorization|cookie"
"""The secret names under which numbers are secret, too."""
