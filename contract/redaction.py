"""What never reaches the logs (the plan's section 2.2): whole values by their name, parts of texts by their form.

Every pattern takes time in proportion to the text, whatever the text: what may be long is either taken whole once it
has begun, or can begin only where what it is made of begins.
"""

from generator.dsl.log import Kind, NotCovered, Proof, Redaction, RedactionRule

OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
IPV4 = rf"(?:{OCTET}\.){{3}}{OCTET}"
GROUP = "[0-9A-Fa-f]{1,4}"
GROUPS = f"{GROUP}(?::{GROUP}){{0,6}}"
IPV6_END = f"(?:{GROUP}:){{0,6}}(?:(?:[0-9]{{1,3}}[.]){{3}}[0-9]{{1,3}}|{GROUP})"
MAILBOX_SIGN = r"""[^\s@<>"',;:()/]"""
NO_MAILBOX_SIGN_BEFORE = r"""(?<![^\s@<>"',;:()/])"""
DOMAIN = r"""(?:[^\s@<>"',;:()/.%]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"""
# A UUID's groups are hexadecimal and parted by dashes, as a card's may be: what is one of them is no number of ours.
BEGINS = "(?<![0-9A-Za-z])(?<![0-9A-Fa-f]{4}-)"
ENDS = "(?![0-9A-Za-z])(?!-[0-9A-Fa-f]{4})"
MARK = r"\[redacted:\w+\](?:[%s]|(?![\s\S]))"
NAMED = r"""\\{0,8}["']?\s{0,8}[=:](?!\s{0,8}(?:\\{0,8}["']%s|%s))\s{0,8}"""
QUOTED_MARK, LINE_OF_MARK, WORD_OF_MARK = MARK % r"""\\"'""", MARK % r"""\\"'\r\n""", MARK % r"""\\"'\s,;&"""
"""A mark that is a whole value. Texts are read twice, as JSON within a message is; a mark before more is no excuse."""
HEADER_NAMED, SECRET_NAMED = NAMED % (QUOTED_MARK, LINE_OF_MARK), NAMED % (QUOTED_MARK, WORD_OF_MARK)
"""From a name to its value, unless a mark is all of it."""
QUOTED = r"""(["'])(?:(?!\1)[^\\\n]|\\[^\n])*\1?|\\{1,8}["'][^"'\n]*["']?"""
"""A quoted value, to its end or, where it was cut, to the line's; the last form is of JSON within JSON."""
SECRET_NAME = (
    r"(?:^|[_.\s-])(?:authorization|cookies?|auth|bearer|credentials?|jwt|pass(?:word|wd|phrase|code)s?|pwd|secrets?"
    r"|session|[a-z]{0,16}(?:sess(?:ion)?id|token(?!_(?:ms|count|limit)))"
    r"|(?:api|access|private|signing|encryption)[_.\s-]?keys?)(?:$|[_.\s0-9-])"
)

CREDENTIALS = (
    RedactionRule(
        name="private_key",
        kind=Kind.CREDENTIAL,
        pattern=r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*?(?:-----END [A-Z0-9 ]{0,50}-----|(?![\s\S]))",
        needs=("-----BEGIN ",),
        help="A private key in PEM, to its last line or, where it was cut, to the end of the text.",
    ),
    RedactionRule(
        name="header",
        kind=Kind.CREDENTIAL,
        pattern=rf"(?:authorization|cookie){HEADER_NAMED}(?:{QUOTED}|[^\n]+)",
        ignore_case=True,
        needs=("authorization", "cookie"),
        help="What a text says of the headers Authorization, Cookie and their kin, to its quotation's or line's end.",
    ),
    RedactionRule(
        name="url_password",
        kind=Kind.CREDENTIAL,
        pattern=r""":\/\/[^\s\/?#"'<>\\]+@""",
        needs=("://",),
        help="A user, with a password or not, in a URL, up to the `@`.",
    ),
    RedactionRule(
        name="authorization",
        kind=Kind.CREDENTIAL,
        pattern=r"\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,8}(?=[a-z]*[A-Z0-9+\/=._~-])[A-Za-z0-9+\/._~-]{8,}=*",
        needs=("earer", "EARER", "asic", "ASIC"),
        help="Bearer and basic credentials, as the header Authorization carries them.",
    ),
    RedactionRule(
        name="jwt",
        kind=Kind.CREDENTIAL,
        pattern=r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}",
        needs=("eyJ",),
        help="A JSON Web Token, signed, encrypted, or cut; and any other JSON object in base64, for it looks the same.",
    ),
    RedactionRule(
        name="api_key",
        kind=Kind.CREDENTIAL,
        pattern=r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|(?:gh[opsru]|npm|hf)_[A-Za-z0-9]{30,}"
        r"|(?:github_pat_|glpat-|sk-|ya29\.|AIza)[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}"
        r"|(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9+\/=]{16,}|SG(?:\.[A-Za-z0-9_-]{16,}){2})",
        help="Keys that bear their vendor's mark: AWS, GitHub, GitLab, Slack, Stripe, Google, SendGrid, npm, Hugging "
        "Face, and `sk-…`.",
    ),
    RedactionRule(
        name="named_secret",
        kind=Kind.CREDENTIAL,
        pattern=r"(?:pass(?:word|wd|phrase)|secret|token|(?:api|access|private|secret)[_-]?key)"
        rf"""{SECRET_NAMED}(?:{QUOTED}|[^\s"'&,;]+)""",
        ignore_case=True,
        needs=("pass", "secret", "token", "key"),
        help="A value that a text itself names a secret, as in `password=…` or `?token=…`.",
    ),
)
PERSONAL_KINDS = (
    RedactionRule(
        name="email",
        kind=Kind.PERSONAL,
        pattern=f"{NO_MAILBOX_SIGN_BEFORE}{MAILBOX_SIGN}+(?:@|%40){DOMAIN}",
        needs=("@", "%40"),
        help="An e-mail address, in a URL's encoding too.",
    ),
    RedactionRule(
        name="iban",
        kind=Kind.PERSONAL,
        pattern=r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
        help="An international bank account number, in capitals, with or without spaces, whose check digits are right.",
        proof=Proof.IBAN,
    ),
    RedactionRule(
        name="card_number",
        kind=Kind.PERSONAL,
        pattern=rf"{BEGINS}[2-6][0-9]{{3}}(?:[ -]?[0-9]){{9,15}}{ENDS}",
        help="A payment card's number of 13 to 19 digits, spaces or dashes between them, whose check digit is right.",
        proof=Proof.LUHN,
    ),
    RedactionRule(
        name="us_ssn",
        kind=Kind.PERSONAL,
        pattern=r"(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}[ -](?!00)[0-9]{2}[ -](?!0000)[0-9]{4}(?![0-9-])",
        help="A social security number of the United States, with dashes or spaces.",
    ),
    RedactionRule(
        name="phone",
        kind=Kind.PERSONAL,
        pattern=rf"(?:(?:(?<![0-9])\+|{BEGINS}00)[1-9](?:[ ().\/-]{{0,2}}[0-9]){{6,14}}"
        rf"|(?<![0-9A-Za-z])(?:\([0-9]{{3}}\) ?|[0-9]{{3}}[ .-])[0-9]{{3}}[ .-][0-9]{{4}}){ENDS}",
        help="A telephone number with its country's code, or one of ten digits in the groups of North America.",
    ),
    RedactionRule(
        name="ipv6_address",
        kind=Kind.PERSONAL,
        pattern=rf"(?<![0-9A-Za-z:])(?={GROUP}:|::[0-9A-Fa-f])(?:(?:{GROUP}:){{7}}{GROUP}|(?:{GROUPS})?::(?:{IPV6_END})?)"
        "(?![0-9A-Za-z:])",
        needs=(":",),
        help="An IP address of version 6, whole or with its zeros left out, one of version 4 at its end or not.",
    ),
    RedactionRule(
        name="ip_address",
        kind=Kind.PERSONAL,
        pattern=rf"(?<![0-9.]){IPV4}(?!\.?[0-9])",
        needs=(".",),
        help="An IP address of version 4.",
    ),
)
REDACTION = Redaction(
    headers=("authorization", "cookie", "proxy-authorization", "set-cookie"),
    names=SECRET_NAME,
    rules=(*CREDENTIALS, *PERSONAL_KINDS),
    not_covered=(
        NotCovered(
            "Names of persons and street addresses",
            "no pattern knows them, and the model that would (named-entity recognition) does not run in a Worker; so "
            "prompts and answers are not logged, and `metadata` takes the listed keys alone unless a service is told "
            "to pass more",
        ),
        NotCovered(
            "Telephone numbers in other forms",
            "without a country's code or groups, digits look like any other number",
        ),
        NotCovered(
            "National numbers but the US SSN, passports, dates of birth",
            "each country writes them in its own way; keep them out of messages",
        ),
        NotCovered(
            "Secrets without a mark, encoded or cut in pieces",
            "a key that looks like any random text is found only by the name of its field or by what stands before it",
        ),
        NotCovered(
            "What other Workers, Cloudflare or a browser write",
            "only lines that go through our logger are redacted",
        ),
    ),
)
