"""The formats of vendors' keys, from the vendors' public documentation: prefix, alphabet and least length after the
prefix. JSON in base64, which begins with `eyJ`, has letters and digits alone.

A prefix that several kinds share has the shortest of their lengths. Lengths are those that are documented; where only
the prefix is, 20 characters are required, which no word of a sentence has.
"""

from generator.dsl.vendor_key import Alphabet, VendorKey, prefixed_key_pattern, vendor_key_pattern

HEX, UPPER, LOWER, ALNUM = Alphabet.HEX, Alphabet.UPPER, Alphabet.LOWER, Alphabet.ALNUM
UUID = Alphabet.UUID
URL, BASE64, DOTTED, ANY = Alphabet.URL, Alphabet.BASE64, Alphabet.DOTTED, Alphabet.ANY

CLOUD_KEYS = (
    VendorKey("Cloudflare user token", "cfut_", ALNUM, 40, "Cloudflare: token formats", is_listed=True),
    VendorKey("Cloudflare account token", "cfat_", ALNUM, 40, "Cloudflare: token formats", is_listed=True),
    VendorKey("Cloudflare global key", "cfk_", ALNUM, 40, "Cloudflare: token formats", is_listed=True),
    VendorKey("Cloudflare Origin CA key", "v1.0-", UUID, 100, "Cloudflare: Origin CA keys", is_listed=True),
    VendorKey(
        "AWS access key",
        "A[KS]IA ABIA ACCA A3T[A-Z]",
        UPPER,
        16,
        "AWS IAM: unique identifiers",
        broad=r"A[3BCKS][CIT][0-9A-Z]",
    ),
    VendorKey("AWS Bedrock key", "ABSK", BASE64, 100, "AWS Bedrock: API keys"),
    VendorKey("Google API key", "AIza", URL, 35, "Google Cloud: API keys"),
    VendorKey("Google OAuth client secret", "GOCSPX-", URL, 28, "Google Cloud: OAuth clients"),
    VendorKey("Google access token", "ya29.", URL, 20, "Google Identity: token types"),
    VendorKey("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", HEX, 64, "DigitalOcean: token types"),
    VendorKey("Alibaba access key", "LTAI", ALNUM, 16, "Alibaba Cloud: AccessKey pairs"),
    VendorKey("Yandex Cloud API key", "AQVN", URL, 35, "Yandex Cloud: API keys"),
    VendorKey("Yandex Cloud IAM token", "t1.", ANY, 80, "Yandex Cloud: IAM tokens"),
    VendorKey("Yandex Cloud access key", "YC[A-Z]", URL, 20, "Yandex Cloud: static access keys"),
    VendorKey("Scalingo token", "tk-us-", URL, 48, "Scalingo: API tokens"),
    VendorKey("Heroku API key", "HRKU-", URL, 36, "Heroku: API key formats"),
    VendorKey("Fly.io token", "fo1_", URL, 43, "Fly.io: access tokens"),
    VendorKey("Fly.io macaroon", "fm1[ar]_ fm2_", BASE64, 60, "Fly.io: access tokens", broad="fm[12][ar]?_"),
    VendorKey("Vercel token", "vc[aikpr]_", ALNUM, 24, "Vercel: token formats"),
    VendorKey("Netlify token", "nf[bcopu]_", ALNUM, 36, "Netlify: token formats"),
    VendorKey("PlanetScale", "pscale_tkn_ pscale_pw_ pscale_oauth_", URL, 43, "PlanetScale: service tokens"),
    VendorKey("Supabase token", "sbp_", HEX, 40, "Supabase: access tokens"),
    VendorKey("MongoDB Atlas service account", "mdb_sa_sk_", URL, 40, "MongoDB Atlas: service accounts"),
    VendorKey("Databricks token", "dapi", HEX, 32, "Databricks: personal access tokens"),
    VendorKey("OpenShift token", "sha256~", URL, 43, "OpenShift: OAuth access tokens"),
    VendorKey("Tailscale key", "tskey-", URL, 40, "Tailscale: key prefixes"),
    VendorKey("Defined Networking key", "dnkey-", URL, 79, "Defined Networking: API keys", is_listed=True),
)
CODE_KEYS = (
    VendorKey("GitHub token", "gh[oprsu]_", ALNUM, 30, "GitHub: token formats", is_listed=True),
    VendorKey("GitHub fine-grained token", "github_pat_", URL, 20, "GitHub: token formats", is_listed=True),
    VendorKey(
        "GitLab token",
        "gl[dfrw]t- gl[cips][abmot][at]t- glpat- glptt- glcbt- glimt- glrtr- glagent- gloas- glffct-",
        DOTTED,
        20,
        "GitLab: token prefixes",
        broad=r"gl[a-z]{2,5}-",
    ),
    VendorKey("Atlassian token", "AT[AC]TT3", BASE64, 60, "Atlassian: API tokens"),
    VendorKey("npm token", "npm_", ALNUM, 30, "npm: token format", is_listed=True),
    VendorKey("PyPI token", "pypi-", URL, 50, "PyPI: API tokens"),
    VendorKey("RubyGems key", "rubygems_", HEX, 48, "RubyGems: API keys"),
    VendorKey("NuGet key", "oy2", LOWER, 43, "NuGet: API keys"),
    VendorKey("Clojars token", "CLOJARS_", LOWER, 60, "Clojars: deploy tokens"),
    VendorKey("Docker Hub token", "dckr_pat_ dckr_oat_", URL, 27, "Docker Hub: access tokens", broad=r"dckr_[a-z]{3}_"),
    VendorKey("JFrog key", "AKCp", ALNUM, 69, "JFrog: API keys"),
    VendorKey("JFrog reference token", "cmVmd", ALNUM, 59, "JFrog: reference tokens"),
    VendorKey("HashiCorp Vault token", "hv[brs].", URL, 24, "Vault: token prefixes"),
    VendorKey("Pulumi token", "pul-", HEX, 40, "Pulumi: access tokens"),
    VendorKey("Prefect key", "pnu_ pnb_", LOWER, 36, "Prefect: API keys"),
    VendorKey(
        "Doppler token",
        "dp.[cps][at]. dp.scim. dp.audit.",
        DOTTED,
        40,
        "Doppler: token formats",
        broad=r"dp\.[a-z]{2,5}\.",
    ),
    VendorKey("Infracost key", "ico-", ALNUM, 32, "Infracost: API keys"),
    VendorKey("CircleCI token", "CCIP[AR][JT]_", URL, 40, "CircleCI: API tokens", broad=r"CCIP[A-Z]{2}_"),
    VendorKey("Buildkite token", "bkua_ bkaj_ bkpat_", ALNUM, 40, "Buildkite: API tokens"),
    VendorKey("SonarQube token", "sq[apu]_", HEX, 40, "SonarQube: tokens"),
    VendorKey("Sourcegraph token", "sgp_", URL, 40, "Sourcegraph: access tokens"),
    VendorKey("Sourcegraph Cody token", "slk_ sgd_", HEX, 64, "Sourcegraph: access tokens"),
    VendorKey("Harness token", "[ps]at.", DOTTED, 60, "Harness: API keys"),
    VendorKey("Postman key", "PMAK-", UUID, 59, "Postman: API keys"),
    VendorKey("ReadMe key", "rdme_", LOWER, 70, "ReadMe: API keys"),
    VendorKey("1Password service account", "ops_eyJ", ALNUM, 100, "1Password: service accounts"),
    VendorKey("Contentful token", "CFPAT-", URL, 43, "Contentful: personal access tokens"),
    VendorKey("Linear key", "lin_api_ lin_oauth_", ALNUM, 32, "Linear: API keys"),
    VendorKey("Figma token", "figd_ figu_ figo_", URL, 36, "Figma: access tokens"),
    VendorKey("Notion token", "ntn_", ALNUM, 40, "Notion: token formats"),
    VendorKey("Notion internal token", "secret_", ALNUM, 32, "Notion: token formats"),
    VendorKey(
        "Airtable token", "pat00000000000000.", HEX, 64, "Airtable: personal access tokens", broad=r"pat\w{14}\."
    ),
    VendorKey("Typeform token", "tfp_", DOTTED, 40, "Typeform: personal access tokens"),
    VendorKey("Adafruit IO key", "aio_", ALNUM, 28, "Adafruit IO: keys"),
)
AI_KEYS = (
    VendorKey("OpenAI and others", "sk-", URL, 20, "OpenAI: API keys"),
    VendorKey("OpenAI session", "sess-", ALNUM, 40, "OpenAI: API keys"),
    VendorKey("Hugging Face token", "hf_", ALNUM, 30, "Hugging Face: access tokens", is_listed=True),
    VendorKey("Hugging Face organization token", "api_org_", ALNUM, 34, "Hugging Face: access tokens"),
    VendorKey("Groq key", "gsk_", ALNUM, 48, "Groq: API keys"),
    VendorKey("xAI key", "xai-", ALNUM, 70, "xAI: API keys"),
    VendorKey("Perplexity key", "pplx-", ALNUM, 40, "Perplexity: API keys"),
    VendorKey("Replicate token", "r8_", ALNUM, 37, "Replicate: API tokens"),
    VendorKey("Fireworks key", "fw_", ALNUM, 22, "Fireworks: API keys"),
    VendorKey("Cerebras key", "csk-", ALNUM, 40, "Cerebras: API keys"),
    VendorKey("NVIDIA key", "nvapi-", URL, 60, "NVIDIA NIM: API keys"),
    VendorKey("Pinecone key", "pcsk_", URL, 50, "Pinecone: API keys"),
    VendorKey("LangSmith key", "lsv2_pt_ lsv2_sk_", HEX, 32, "LangSmith: API keys", broad="lsv2_[a-z]{2}_"),
    VendorKey("LlamaCloud key", "llx-", ALNUM, 40, "LlamaCloud: API keys"),
    VendorKey("Voyage key", "pa-", URL, 40, "Voyage AI: API keys"),
    VendorKey("Jina key", "jina_", URL, 40, "Jina: API keys"),
    VendorKey("Together key", "tgp_v1_", URL, 40, "Together: API keys"),
    VendorKey("Tavily key", "tvly-", ALNUM, 32, "Tavily: API keys"),
    VendorKey("Apify token", "apify_api_ apify_proxy_", ALNUM, 36, "Apify: API tokens"),
    VendorKey("E2B key", "e2b_", HEX, 40, "E2B: API keys"),
)
BUSINESS_KEYS = (
    VendorKey(
        "Stripe key", "[rs]k_live_ [rs]k_test_ [rs]k_prod_", BASE64, 10, "Stripe: API keys", broad=r"[rs]k_[a-z]{4}_"
    ),
    VendorKey("Stripe webhook secret", "whsec_", BASE64, 16, "Stripe: webhook signatures"),
    VendorKey("Clerk and WorkOS key", "sk_ dvb_", ALNUM, 40, "Clerk: API keys"),
    VendorKey("Square token", "EAAA sq0[aci][dst][bp]-", URL, 22, "Square: credentials", broad=r"EAAA sq0[a-z]{3}-"),
    VendorKey("Mollie key", "live_ test_", ALNUM, 30, "Mollie: API keys"),
    VendorKey("Lob key", "live_ test_ live_pub_ test_pub_", HEX, 35, "Lob: API keys"),
    VendorKey("Paddle key", "pdl_live_apikey_ pdl_sdbx_apikey_", URL, 40, "Paddle: API keys"),
    VendorKey(
        "Plaid token",
        "access-sandbox- access-development- access-production-",
        UUID,
        36,
        "Plaid: access tokens",
        broad=r"access-[a-z]{7,11}-",
    ),
    VendorKey("EasyPost key", "EZ[AT]K", ALNUM, 54, "EasyPost: API keys"),
    VendorKey("Shippo token", "shippo_live_ shippo_test_", HEX, 40, "Shippo: API tokens"),
    VendorKey("Duffel token", "duffel_test_ duffel_live_", URL, 43, "Duffel: access tokens"),
    VendorKey("Shopify token", "shp[acpsu][ast]_", HEX, 32, "Shopify: access tokens"),
    VendorKey("Frame.io token", "fio-u-", URL, 64, "Frame.io: tokens"),
    VendorKey("HubSpot token", "pat-[aen][apu][12]-", UUID, 36, "HubSpot: private apps", broad=r"pat-[a-z]{2}[12]-"),
    VendorKey("Adobe client secret", "p8e-", LOWER, 32, "Adobe: credentials"),
    VendorKey("Facebook token", "EAA[A-Z]", ALNUM, 60, "Meta: access tokens"),
    VendorKey("Pinterest token", "pina_", URL, 40, "Pinterest: access tokens"),
    VendorKey("Dropbox token", "sl.", URL, 60, "Dropbox: OAuth guide"),
    VendorKey("Mapbox token", "[pst]k.eyJ", DOTTED, 60, "Mapbox: access tokens"),
    VendorKey("Stytch secret", "secret-live- secret-test-", URL, 36, "Stytch: API keys"),
    VendorKey("PostHog key", "phc_ phx_ phs_", ALNUM, 40, "PostHog: API keys"),
)
MESSAGING_KEYS = (
    VendorKey("Slack token", "xox[a-eoprs]-", URL, 11, "Slack: token types", broad=r"xox[a-z]-"),
    VendorKey("Slack app token", "xapp-", URL, 11, "Slack: token types"),
    VendorKey("Slack configuration token", "xoxe.xox[bp]-", URL, 11, "Slack: token types", broad="xox[a-z]-"),
    VendorKey("Slack webhook", "hooks.slack.com/", BASE64, 40, "Slack: incoming webhooks"),
    VendorKey("SendGrid key", "SG.", DOTTED, 34, "SendGrid: API keys"),
    VendorKey("Brevo key", "xkeysib- xsmtpsib-", URL, 64, "Brevo: API keys", broad=r"x\w{3,4}sib-", is_listed=True),
    VendorKey("Resend key", "re_00000000_", ALNUM, 20, "Resend: API keys", broad=r"re_\w{8}_"),
    VendorKey("Mailgun key", "key- pubkey-", HEX, 32, "Mailgun: API keys"),
    VendorKey("Twilio key", "SK", HEX, 32, "Twilio: API keys"),
)
OPERATIONS_KEYS = (
    VendorKey("Grafana key", "eyJrIjoi", ALNUM, 60, "Grafana: API keys"),
    VendorKey("Grafana token", "glsa_", URL, 40, "Grafana: service accounts"),
    VendorKey("Grafana Cloud token", "glc_", BASE64, 32, "Grafana Cloud: access policies"),
    VendorKey("New Relic key", "NR[A-Z][A-Z]-", URL, 19, "New Relic: API keys"),
    VendorKey("Datadog token", "ddp_ ddapi_ ddapp_", ALNUM, 32, "Datadog: tokens"),
    VendorKey("Dynatrace token", "dt0[cs][01][126].", DOTTED, 80, "Dynatrace: token formats", broad=r"dt0[a-z]..\."),
    VendorKey("Sentry token", "sntrys_eyJ", ALNUM, 60, "Sentry: auth tokens"),
    VendorKey("Sentry user token", "sntryu_ sntrya_", HEX, 64, "Sentry: auth tokens"),
    VendorKey("Honeycomb key", "hcaik_ hcxik_ hcamk_ hcxmk_ hcbik_", ALNUM, 40, "Honeycomb: API keys"),
    VendorKey("Axiom token", "xaat- xapt-", URL, 36, "Axiom: API tokens"),
)
VENDOR_KEYS = (*CLOUD_KEYS, *CODE_KEYS, *AI_KEYS, *BUSINESS_KEYS, *MESSAGING_KEYS, *OPERATIONS_KEYS)
NOT_KEYS = (("sha[0-9]{3}", "commit"), ("trace",), ("resp", "span"), ("msg", "run", "req", "evt"), ("rs", "fc"))
"""The prefixes of ids and checksums, which are no secrets: those of one length together."""
MARKS_INSIDE = (
    r"Q~(?<=[\w~.]{3}[0-9]Q~)[\w~.-]{31,34}",  # Microsoft Entra: client secrets
    r":A(?<=[0-9]{8}:A)[\w-]{34,}",  # Telegram: bot tokens
    r"\.atlasv1\.[\w-]{40,}",  # HCP Terraform: API tokens
)
"""Keys that are recognized by a mark inside."""
VENDOR_KEY_PATTERN = vendor_key_pattern(VENDOR_KEYS)
PREFIXED_KEY_PATTERN = prefixed_key_pattern(NOT_KEYS, MARKS_INSIDE)
