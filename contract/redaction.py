"""The redaction policy (the plan's section 2.2): fields redacted by name, and patterns redacted inside texts.

Every pattern runs in time linear in the length of the text, whatever the text is: an unbounded part either matches
completely once it has started, or can start only at the first character of its run.
"""

from contract.normalization import NORMALIZATION
from contract.secret_names import AMBIGUOUS_NAME, HEADERS, NUMERIC_NAMES, OPTIONS, PARAMETERS, SECRET_NAME, SECRET_NAMES
from contract.vendor_keys import PREFIXED_KEY_PATTERN, VENDOR_KEY_PATTERN
from generator.dsl.assignment import ANY_NUMBER, SHORT_NUMBER, assigned, header, parameter
from generator.dsl.grouped_digits import grouped_digits
from generator.dsl.log import Checksum, NotCovered, RedactionKind, RedactionPolicy, RedactionRule

DIGITS = tuple("0123456789")
SECRET_WORDS = ("pass", "pwd", "secret", "key", "nection", "sess", "sid", "dsn", "srf")
AMBIGUOUS_WORDS = ("token", "credential", "auth", "bearer", "jwt", "session", "pass")
"""A text without any of these has no name of a secret."""
OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
IPV4 = rf"(?:{OCTET}\.){{3}}{OCTET}"
HEXTET = "[0-9A-Fa-f]{1,4}"
HEXTETS = f"{HEXTET}(?::{HEXTET}){{0,6}}"
IPV6_END = f"(?:{HEXTET}:){{0,6}}(?:(?:[0-9]{{1,3}}[.]){{3}}[0-9]{{1,3}}|{HEXTET})"
MAILBOX_CHARACTER = r"""[^\s@<>"',;:()/]"""
MAILBOX_START = r"""(?<![^\s@<>"',;:()/])"""
DOMAIN = r"""(?:[^\s@<>"',;:()/.%]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"""
# The groups of a UUID are hexadecimal and separated by dashes, like those of a card number: they must not match.
# A number after a decimal point is a fraction.
NUMBER_START = r"(?<![0-9A-Za-z])(?<![0-9A-Fa-f]{4}-)(?<![0-9][.,])(?<![^\w]\.)"
NOT_THIRD_GROUP = "(?<![0-9]{4}[ -][0-9]{4}[ -])"
NUMBER_END = r"(?![0-9A-Za-z])(?!-[0-9A-Fa-f]{4})(?!\.[0-9])"
EXTENSION = r"(?:,?[ .]{0,2}(?:x|ext|#|durchwahl)[ .:]{0,2}[0-9]{1,6})?"
GAP = r"[ ().\/-]{0,3}"
GROUPS_OF_AMERICA = r"(?:\+?1[ .-]?)?(?:\([0-9]{3}\)[ .-]?|[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4}"
TELEPHONE_WORDS = (
    r"phone|\btel\b|tel[eéÉ]f|[Тт][Ее][Лл][Ее][Фф][Оо][Нн]|fax|mobile|m[oóÓ]vil|cell(?:ular|\b)|celular|portable|handy|rufnummer"
    "|whatsapp|hotline|landline|電話|电话|手机|携帯|전화"
)
CALL_WORDS = r"\b(?:call|desk|dial|reach|text|contact|ring|sms|anruf|llam|appel)[a-z]{0,4}\b(?![_-])"
NEAR = r"[\t -\ud7ff]{0,40}?"
"""At most 40 characters of a line, but for those that are two in JavaScript."""
LOCAL_NUMBER = rf"[+(]{{0,2}}[0-9](?:{GAP}[0-9]){{5,14}}{EXTENSION}"
CALLED = r"(?=[+0(]|[0-9]{3,5}[ ().\/-]{1,3}[0-9]{2}|[0-9]{7,12}(?![0-9]))"
NO_DATE = r"(?![12][0-9]{3}[-.\/ ][0-9]{2}[-.\/ ]|[0-9]{1,9}[.,][0-9]{1,24}(?![0-9.-]))"
NO_UNIT = r"(?! ?(?:[mnu]?s|[kmg]?b|bytes|tokens|items|rows)\b)"
COUNTRIES = (
    "A[DELTZ]|B[AEGHIRY]|C[HRYZ]|D[EJKO]|E[EGS]|F[IKOR]|G[BEILRT]|H[NRU]|I[ELQRST]|J[OK]|K[WZ]|L[BCITUVY]|M[CDEKNRTU]|N[ILO]|OM"
    "|P[KLST]|QA|R[OSU]|S[ACDEIKMOTV]|T[LNR]|UA|V[AG]|XK|YE"
)
CARD_NUMBERS = "|".join(
    (
        f"4{grouped_digits(12)}(?:{grouped_digits(3)}(?:{grouped_digits(3)})?)?",  # Visa
        f"(?:5[1-5]|2[2-7]){grouped_digits(14)}",  # Mastercard, Mir
        f"3[47]{grouped_digits(13)}",  # American Express
        f"3[0689]{grouped_digits(12)}",  # Diners Club
        f"3[0135]{grouped_digits(13, 14)}",  # JCB
        f"(?:1800|2131|2100|2014|2149|8699){grouped_digits(11)}",  # JCB, enRoute, Voyager
        f"6[0245]{grouped_digits(14, 17)}",  # Discover, UnionPay, RuPay
        f"(?:5[06-8]|67){grouped_digits(10, 17)}|(?:6304|6390){grouped_digits(8, 15)}",  # Maestro
    )
)
"""By the ranges of issuers (ISO/IEC 7812-1), each with its lengths."""

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
        pattern=header("|".join(HEADERS)),
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
        pattern=assigned(SECRET_NAME, SHORT_NUMBER),
        ignore_case=True,
        literals=SECRET_WORDS,
        requires="|".join(SECRET_WORDS),
        help="A value that the text itself calls a secret, as in `password=…`, `{'password': …}` or "
        "`{name: 'password', value: …}`.",
    ),
    RedactionRule(
        name="named_token",
        kind=RedactionKind.CREDENTIAL,
        pattern=assigned(AMBIGUOUS_NAME, ANY_NUMBER, is_ambiguous=True),
        ignore_case=True,
        literals=AMBIGUOUS_WORDS,
        requires="|".join(AMBIGUOUS_WORDS),
        help="A value that the text calls a token, a session or credentials, unless it is a number or a word after a "
        "colon.",
    ),
    RedactionRule(
        name="parameter",
        kind=RedactionKind.CREDENTIAL,
        pattern=parameter(PARAMETERS, OPTIONS),
        ignore_case=True,
        literals=("?", "&", "--"),
        help="The value of a secret parameter of a query, as in `?sig=…`, or of an option of a command, as in "
        "`--password …`.",
    ),
)
PERSONAL_RULES = (
    RedactionRule(
        name="email",
        kind=RedactionKind.PERSONAL,
        pattern=f"{MAILBOX_START}{MAILBOX_CHARACTER}+(?:@|%40){DOMAIN}",
        literals=("@", "%40"),
        requires="@|%40",
        help="An e-mail address, also URL-encoded.",
    ),
    RedactionRule(
        name="iban",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?<![\w-])(?:{COUNTRIES})[0-9]{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?\b",
        ignore_case=True,
        literals=DIGITS,
        help="An international bank account number (IBAN) in capitals or small letters, with or without spaces, with "
        "valid check digits.",
        checksum=Checksum.IBAN,
    ),
    RedactionRule(
        name="card_number",
        kind=RedactionKind.PERSONAL,
        pattern=f"{NUMBER_START}{NOT_THIRD_GROUP}(?:{CARD_NUMBERS}){NUMBER_END}",
        literals=DIGITS,
        help="A payment card number by its issuer's range and length, with or without spaces or dashes, with a valid "
        "check digit.",
        checksum=Checksum.LUHN,
    ),
    RedactionRule(
        name="us_ssn",
        kind=RedactionKind.PERSONAL,
        pattern=r"(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}[ -](?!00)[0-9]{2}[ -](?!0000)[0-9]{4}(?![0-9-])",
        literals=DIGITS,
        help="A social security number of the United States, with dashes or spaces.",
    ),
    RedactionRule(
        name="phone",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?:(?:(?<![0-9])\+|{NUMBER_START}00)\(?[1-9](?:{GAP}[0-9]){{6,14}}"
        rf"|{NUMBER_START}{GROUPS_OF_AMERICA}){EXTENSION}{NUMBER_END}"
        rf"|((?:{TELEPHONE_WORDS}){NEAR}{NUMBER_START}|(?:{CALL_WORDS}){NEAR}{NUMBER_START}{CALLED})"
        rf"{NO_DATE}{LOCAL_NUMBER}{NUMBER_END}{NO_UNIT}",
        ignore_case=True,
        literals=DIGITS,
        requires=rf"[0-9](?:{GAP}[0-9]){{5}}",
        help="A telephone number with a country code, a number of ten digits in North American groups, or any after a "
        "word such as `phone`; with its extension.",
    ),
    RedactionRule(
        name="ipv6_address",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?<![0-9A-Za-z:])(?=[A-Fa-f:]*[0-9])(?={HEXTET}:|::[0-9A-Fa-f])"
        rf"(?:(?:{HEXTET}:){{7}}{HEXTET}|(?:{HEXTETS})?::(?:{IPV6_END})?)"
        "(?![0-9A-Za-z]|:[0-9A-Za-z:])",
        literals=(":",),
        requires="::|:[0-9a-f]{1,4}:[0-9a-f]{1,4}:",
        help="An IPv6 address, complete or with its zeros omitted, with or without an IPv4 address at its end.",
    ),
    RedactionRule(
        name="ip_address",
        kind=RedactionKind.PERSONAL,
        pattern=rf"(?<![0-9.])(?<![vV])(?<!ersion )(?![0-9]+[.]0[.]0[.]0){IPV4}(?!\.?[0-9])",
        literals=(".",),
        help="An IPv4 address; not a network's, or a version with three zeros.",
    ),
)
REDACTION = RedactionPolicy(
    headers=("authorization", "cookie", "proxy-authorization", "set-cookie"),
    secret_names=SECRET_NAMES,
    numeric_names=NUMERIC_NAMES,
    normalization=NORMALIZATION,
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
