"""The redaction policy (the plan's section 2.2): fields redacted by name, and patterns redacted inside texts.

Every pattern runs in time linear in the length of the text, whatever the text is: an unbounded part either matches
completely once it has started, or can start only at the first character of its run.
"""

from contract.vendor_keys import PREFIXED_KEY_PATTERN, VENDOR_KEY_PATTERN
from generator.dsl.log import Checksum, NotCovered, RedactionKind, RedactionPolicy, RedactionRule

OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
IPV4 = rf"(?:{OCTET}\.){{3}}{OCTET}"
HEXTET = "[0-9A-Fa-f]{1,4}"
HEXTETS = f"{HEXTET}(?::{HEXTET}){{0,6}}"
IPV6_END = f"(?:{HEXTET}:){{0,6}}(?:(?:[0-9]{{1,3}}[.]){{3}}[0-9]{{1,3}}|{HEXTET})"
MAILBOX_CHARACTER = r"""[^\s@<>"',;:()/]"""
MAILBOX_START = r"""(?<![^\s@<>"',;:()/])"""
DOMAIN = r"""(?:[^\s@<>"',;:()/.%]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"""
# The groups of a UUID are hexadecimal and separated by dashes, like those of a card number: they must not match.
NUMBER_START = "(?<![0-9A-Za-z])(?<![0-9A-Fa-f]{4}-)"
NUMBER_END = "(?![0-9A-Za-z])(?!-[0-9A-Fa-f]{4})"
REPLACEMENT = r"\[redacted:\w+\](?:[%s]|(?![\s\S]))"
QUOTED_REPLACEMENT = REPLACEMENT % r"""\\"'"""
LINE_REPLACEMENT = REPLACEMENT % r"""\\"'\r\n"""
WORD_REPLACEMENT = REPLACEMENT % r"""\\"'\s,;&"""
"""A replacement text that is a whole value. A text can be redacted twice, for example as JSON inside a message; a
replacement text followed by more text does not exempt the value."""
ASSIGNMENT = r"""\\{0,8}["']?\s{0,8}[=:](?!\s{0,8}(?:\\{0,8}["']%s|%s))\s{0,8}"""
HEADER_ASSIGNMENT = ASSIGNMENT % (QUOTED_REPLACEMENT, LINE_REPLACEMENT)
SECRET_ASSIGNMENT = ASSIGNMENT % (QUOTED_REPLACEMENT, WORD_REPLACEMENT)
"""The text between a name and its value, unless the whole value is a replacement text."""
QUOTED_VALUE = r"""(["'])(?:(?!\1)[^\\\n]|\\[^\n])*\1?|\\{1,8}["'][^"'\n]*["']?"""
"""A quoted value to its closing quote, or to the end of the line if it was cut; the last alternative is a value of JSON
inside JSON."""
SECRET_NAMES = (
    r"(?:^|[_.\s-])(?:authorization|cookies?|auth|bearer|credentials?|jwt|pass(?:word|wd|phrase|code)s?|pwd|secrets?"
    r"|session|[a-z]{0,16}(?:sess(?:ion)?id|token(?!_(?:ms|count|limit)))"
    r"|(?:api|access|private|signing|encryption)[_.\s-]?keys?)(?:$|[_.\s0-9-])"
)

CREDENTIAL_RULES = (
    RedactionRule(
        name="private_key",
        kind=RedactionKind.CREDENTIAL,
        pattern=r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*?(?:-----END [A-Z0-9 ]{0,50}-----|(?![\s\S]))",
        literals=("-----BEGIN ",),
        help="A private key in PEM format, to its last line or, if it was cut, to the end of the text.",
    ),
    RedactionRule(
        name="header",
        kind=RedactionKind.CREDENTIAL,
        pattern=rf"(?:authorization|cookie){HEADER_ASSIGNMENT}(?:{QUOTED_VALUE}|[^\n]+)",
        ignore_case=True,
        literals=("authorization", "cookie"),
        help="The headers Authorization, Cookie and similar ones inside a text, to the closing quote or the end of the "
        "line.",
    ),
    RedactionRule(
        name="url_password",
        kind=RedactionKind.CREDENTIAL,
        pattern=r""":\/\/[^\s\/?#"'<>\\]+@""",
        literals=("://",),
        help="A user name, with or without a password, in a URL, up to the `@`.",
    ),
    RedactionRule(
        name="authorization",
        kind=RedactionKind.CREDENTIAL,
        pattern=r"\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,8}(?=[a-z]*[A-Z0-9+\/=._~-])[A-Za-z0-9+\/._~-]{8,}=*",
        literals=("earer", "EARER", "asic", "ASIC"),
        help="Bearer and basic credentials, as in the header Authorization.",
    ),
    RedactionRule(
        name="jwt",
        kind=RedactionKind.CREDENTIAL,
        pattern=r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}",
        literals=("eyJ",),
        help="A JSON Web Token, signed, encrypted or cut; also any other JSON object in base64, which looks the same.",
    ),
    RedactionRule(
        name="api_key",
        kind=RedactionKind.CREDENTIAL,
        pattern=VENDOR_KEY_PATTERN,
        help="A key with a vendor's prefix, by the table of formats in `contract/vendor_keys.py`.",
    ),
    RedactionRule(
        name="prefixed_key",
        kind=RedactionKind.CREDENTIAL,
        pattern=PREFIXED_KEY_PATTERN,
        help="Another long key after a short prefix, which stays, and keys with a mark inside.",
    ),
    RedactionRule(
        name="named_secret",
        kind=RedactionKind.CREDENTIAL,
        pattern=r"(?:pass(?:word|wd|phrase)|secret|token|(?:api|access|private|secret)[_-]?key)"
        rf"""{SECRET_ASSIGNMENT}(?:{QUOTED_VALUE}|[^\s"'&,;]+)""",
        ignore_case=True,
        literals=("pass", "secret", "token", "key"),
        help="A value that the text itself calls a secret, as in `password=…` or `?token=…`.",
    ),
)
PERSONAL_RULES = (
    RedactionRule(
        name="email",
        kind=RedactionKind.PERSONAL,
        pattern=f"{MAILBOX_START}{MAILBOX_CHARACTER}+(?:@|%40){DOMAIN}",
        literals=("@", "%40"),
        is_slow=True,
        help="An e-mail address, also URL-encoded.",
    ),
    RedactionRule(
        name="iban",
        kind=RedactionKind.PERSONAL,
        pattern=r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
        help="An international bank account number (IBAN) in capitals, with or without spaces, with valid check "
        "digits.",
        checksum=Checksum.IBAN,
    ),
    RedactionRule(
        name="card_number",
        kind=RedactionKind.PERSONAL,
        pattern=rf"{NUMBER_START}[2-6][0-9]{{3}}(?:[ -]?[0-9]){{9,15}}{NUMBER_END}",
        help="A payment card number of 13 to 19 digits, with or without spaces or dashes, with a valid check digit.",
        checksum=Checksum.LUHN,
    ),
    RedactionRule(
        name="us_ssn",
        kind=RedactionKind.PERSONAL,
        pattern=r"(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}[ -](?!00)[0-9]{2}[ -](?!0000)[0-9]{4}(?![0-9-])",
        help="A social security number of the United States, with dashes or spaces.",
    ),
    RedactionRule(
        name="phone",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?:(?:(?<![0-9])\+|{NUMBER_START}00)[1-9](?:[ ().\/-]{{0,2}}[0-9]){{6,14}}"
        rf"|(?<![0-9A-Za-z])(?:\([0-9]{{3}}\) ?|[0-9]{{3}}[ .-])[0-9]{{3}}[ .-][0-9]{{4}}){NUMBER_END}",
        help="A telephone number with a country code, or a number of ten digits in North American groups.",
    ),
    RedactionRule(
        name="ipv6_address",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?<![0-9A-Za-z:])(?={HEXTET}:|::[0-9A-Fa-f])"
        rf"(?:(?:{HEXTET}:){{7}}{HEXTET}|(?:{HEXTETS})?::(?:{IPV6_END})?)"
        "(?![0-9A-Za-z:])",
        literals=(":",),
        help="An IPv6 address, complete or with its zeros omitted, with or without an IPv4 address at its end.",
    ),
    RedactionRule(
        name="ip_address",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?<![0-9.]){IPV4}(?!\.?[0-9])",
        literals=(".",),
        help="An IPv4 address.",
    ),
)
REDACTION = RedactionPolicy(
    headers=("authorization", "cookie", "proxy-authorization", "set-cookie"),
    secret_names=SECRET_NAMES,
    rules=(*CREDENTIAL_RULES, *PERSONAL_RULES),
    not_covered=(
        NotCovered(
            "Names of persons and street addresses",
            "no pattern recognizes them, and a model for named-entity recognition does not run in a Worker; therefore "
            "prompts and responses are not logged, and `metadata` accepts only the listed keys unless a service is "
            "configured to pass more",
        ),
        NotCovered(
            "Telephone numbers in other formats",
            "without a country code or groups, the digits look like any other number",
        ),
        NotCovered(
            "National id numbers other than the US SSN, passport numbers, dates of birth",
            "every country has its own formats; do not put them into messages",
        ),
        NotCovered(
            "Secrets without a vendor's prefix, and secrets that are encoded or split",
            "a key that looks like random text is found only by its field's name or by the text before it",
        ),
        NotCovered(
            "Lines of other Workers, of Cloudflare or of a browser",
            "only lines that this logger writes are redacted",
        ),
    ),
)
