"""What never reaches the logs (the plan's section 2.2): whole values by their name, parts of texts by their form."""

from generator.lang.log import Kind, NotCovered, Proof, Redaction, RedactionRule

OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
GROUP = "[0-9A-Fa-f]{1,4}"
GROUPS = f"{GROUP}(?::{GROUP}){{0,6}}"
MAILBOX = r"""[^\s@<>"',;:()/]{1,64}"""
DOMAIN = r"""(?:[^\s@<>"',;:()/.]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"""
SECRET_NAME = (
    "(?:^|[_.-])(?:auth|authorization|bearer|cookie|credentials?|jwt|passphrase|passwd|password|pwd|secret|session"
    "|token|api[_-]?key|private[_-]?key)(?:$|[_.-])"
)

CREDENTIALS = (
    RedactionRule(
        name="private_key",
        kind=Kind.CREDENTIAL,
        pattern=r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*?(?:-----END [A-Z0-9 ]{0,50}-----|(?![\s\S]))",
        help="A private key in PEM, to its last line or, where it was cut, to the end of the text.",
    ),
    RedactionRule(
        name="url_password",
        kind=Kind.CREDENTIAL,
        pattern=r"\b[A-Za-z][A-Za-z0-9+.-]{1,30}:\/\/[^\s\/?#@:]{0,256}:[^\s\/?#@]{1,256}@",
        help="A user and a password in a URL, up to the `@`.",
    ),
    RedactionRule(
        name="authorization",
        kind=Kind.CREDENTIAL,
        pattern=r"\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,8}(?=[a-z]*[A-Z0-9+\/=._~-])[A-Za-z0-9+\/._~-]{8,}=*",
        help="Bearer and basic credentials, as the header Authorization carries them.",
    ),
    RedactionRule(
        name="jwt",
        kind=Kind.CREDENTIAL,
        pattern=r"\beyJ[A-Za-z0-9_-]{5,1024}\.[A-Za-z0-9_-]{5,8192}\.[A-Za-z0-9_-]*",
        help="A JSON Web Token, signed or not.",
    ),
    RedactionRule(
        name="api_key",
        kind=Kind.CREDENTIAL,
        pattern=r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[opsru]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"
        r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}"
        r"|AIza[0-9A-Za-z_-]{35}|hf_[A-Za-z0-9]{30,})",
        help="Keys that bear their vendor's mark: AWS, GitHub, Slack, Stripe, Google, Hugging Face, and `sk-…`.",
    ),
    RedactionRule(
        name="named_secret",
        kind=Kind.CREDENTIAL,
        pattern=r"(?:[Pp]ass(?:word|wd|phrase)|PASSWORD|[Ss]ecret|SECRET|[Aa]pi[_-]?[Kk]ey|API_KEY|[Tt]oken|TOKEN)"
        r"""["']?\s{0,8}[=:]\s{0,8}(?:"[^"\n]{1,4096}"?|'[^'\n]{1,4096}'?|[^\s"'&,;]{1,4096})""",
        help="A value that a text itself names a secret, as in `password=…` or `?token=…`.",
    ),
)
PERSONAL_KINDS = (
    RedactionRule(
        name="email",
        kind=Kind.PERSONAL,
        pattern=f"{MAILBOX}@{DOMAIN}",
        help="An e-mail address.",
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
        pattern=r"(?<![0-9])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![0-9])",
        help="A payment card's number of 13 to 19 digits, spaces or dashes between them, whose check digit is right.",
        proof=Proof.LUHN,
    ),
    RedactionRule(
        name="us_ssn",
        kind=Kind.PERSONAL,
        pattern=r"(?<![0-9-])(?!000|666|9)[0-9]{3}[ -](?!00)[0-9]{2}[ -](?!0000)[0-9]{4}(?![0-9-])",
        help="A social security number of the United States, with dashes or spaces.",
    ),
    RedactionRule(
        name="phone",
        kind=Kind.PERSONAL,
        pattern=r"(?<![0-9])(?:(?:\+|00)[1-9](?:[ ().\/-]{0,2}[0-9]){6,14}"
        r"|(?:\([0-9]{3}\) ?|[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4})(?![0-9])",
        help="A telephone number with its country's code, or one of ten digits in the groups of North America.",
    ),
    RedactionRule(
        name="ip_address",
        kind=Kind.PERSONAL,
        pattern=rf"(?<![0-9.])(?:{OCTET}\.){{3}}{OCTET}(?!\.?[0-9])"
        rf"|(?<![0-9A-Za-z:])(?:(?:{GROUP}:){{7}}{GROUP}|{GROUPS}::(?:{GROUPS})?|::{GROUPS})(?![0-9A-Za-z:])",
        help="An IP address, of version 4 or 6.",
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
