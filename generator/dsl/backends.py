"""The backends that a platform file can name, each with what is known of it. What was not tried says so."""

from __future__ import annotations

from generator.dsl.backend import Backend, Measurement, OutputPart, Program, Setting
from generator.dsl.supported_versions import SupportedVersions
from generator.dsl.units import minutes, seconds

TRIED = "the real program, 2026-11-28"
BY_TEST, TRIED_LATER = "`make backends`", "the real program, 2026-11-29"
WORKERS_PUSH = "2,000 requests of 20 tenants, pushed by the Workers over 2 shards"
EXACT = "2,000 counted, 100 of each tenant, names to the letter, first increments too"
EXACT_BUT_FIRST = "2,000 counted, 100 of each tenant, names to the letter; first increments are not in increases"
RULES_LIVE = "rules, live for a minute with all durations divided by 30"
NO_RULE_FAILS = "no rule fails"
AMOUNTS_EXACT = "what was counted, first increments too"
AMOUNTS_BUT_FIRST = "what was counted after the first push of a series"
SLOW_SHARE, ALERT_FIRES = "share of slow requests, 40 of 100", "0.4, and the alert on a slow route fires"
TRIED_NOW = "the real program, 2026-11-30"
READ = "its documentation, not measured"
JSON, PROTOBUF = "JSON", "protobuf"
WANTS_PROTOBUF = (
    "It refuses OTLP in JSON, which is the Workers' default: set their variable `OTEL_EXPORTER_OTLP_PROTOCOL` to "
    "`http/protobuf`."
)
LOST_INCREMENTS = (
    "It has no zero at the start of a series: what a new series counts before its first push is in no increase. What "
    "comes later is."
)
OWN_FAILURES = (
    "Nothing in `out/` scrapes its ruler, whose counters have other names or labels than those of Prometheus: "
    "the alerts on rules that fail or are late, and on alerts that are not delivered, are left out. Use its own."
)
RETENTION_REASON = "error budgets read the window of the SLO"
OUT_OF_ORDER = "a push that is retried after a failure can arrive after a newer one"
TENANT_LABEL = "thanos_tenant"
SCOPE_HEADER = {"httpHeaderName1": "X-Scope-OrgID"}
SCOPE_VALUE = {"httpHeaderValue1": "$__env{SCOPE_ORG_ID}"}
OF_FEDERATION = {"__tenant_id__": "tenant federation sets it"}
READS_TOTAL = "rules, dashboards and alert tests of this backend read `ai_tokens_input_total`"
PUT_LIMITS = (
    "Put the keys of `out/backend/limits.yaml` into `limits` of the configuration, or into the overrides of the tenant."
)
LOAD_RULES = (
    "Load the rules with `{tool} rules load out/prometheus/rules/*.yaml`: the name of each file is its namespace."
)
SET_SCOPE = "Start Grafana with the tenant in the environment variable `SCOPE_ORG_ID`."
LIMITS_OF_SAMPLES = (
    Setting("compactor_blocks_retention_period: {retention}", RETENTION_REASON),
    Setting("out_of_order_time_window: 5m", OUT_OF_ORDER),
)
NOTHING_MEASURED = (Measurement("everything", "nothing was tried", READ),)
MIMIR_LIMITS = "20 rules a group and 70 groups by default"

PROMETHEUS_VERSIONS = SupportedVersions(
    (3, 10),
    (3,),
    "3.6 loses first increments, and 3.7 to 3.9 log a warning for each series of a push",
)
"""With which running servers are compared."""

PROMETHEUS = Backend(
    name="prometheus",
    title="Prometheus",
    versions=f"{PROMETHEUS_VERSIONS.first} and newer; {PROMETHEUS_VERSIONS.first} and 3.16 are tested",
    otlp_path="/api/v1/otlp/v1/metrics",
    encodings=(JSON, PROTOBUF),
    authentication="Basic auth or client certificates (`--web.config.file`)",
    start_times="a zero at the start of each series, with `--enable-feature=created-timestamp-zero-ingestion`",
    retention="`--storage.tsdb.retention.time={retention}`",
    delay_setting="`query_offset` of a group, `rule_query_offset` of all",
    counts_as_prometheus=True,
    converts_histograms=True,
    parts=(OutputPart.PROMETHEUS_CONFIG, OutputPart.PROVISIONING, OutputPart.KUBERNETES),
    start=(
        "Mount `out/prometheus` at `/etc/prometheus`, and start Prometheus with the flags at the top of "
        "`prometheus.yaml`.",
        "The Workers push to it directly.",
    ),
    measured=(
        Measurement(f"3.10 and 3.16: {WORKERS_PUSH}", EXACT, BY_TEST),
        Measurement(f"3.10 and 3.16: {RULES_LIVE}", NO_RULE_FAILS, BY_TEST),
        Measurement("3.10 and 3.16: amounts of a day by tenant", AMOUNTS_EXACT, BY_TEST),
        Measurement(f"3.10 and 3.16: {SLOW_SHARE}", ALERT_FIRES, BY_TEST),
        Measurement("3.7 to 3.9", "exact, but a warning in the log for each series and push; gone in 3.10", TRIED),
        Measurement("3.6", "first increments are lost: no zero ingestion for OTLP", TRIED),
        Measurement(
            "3.0 to 3.5", "refuse `prometheus.yaml`: `UnderscoreEscapingWithoutSuffixes` is unknown to them", TRIED
        ),
        Measurement("2.42", "rules load, `otlp:` does not; subqueries count one point more", TRIED),
    ),
)

VICTORIAMETRICS = Backend(
    name="victoriametrics",
    title="VictoriaMetrics with vmalert",
    versions="1.151 single-node is tried; the cluster version is not measured",
    otlp_path="/opentelemetry/v1/metrics",
    encodings=(PROTOBUF,),
    authentication="Basic auth (`-httpAuth.username`), or vmauth in front",
    start_times="MetricsQL takes the first value of a series for an increase from 0",
    retention="`-retentionPeriod={retention}`",
    delay_setting="`-rule.evalDelay` of vmalert",
    rule_delay=seconds(30),
    reads_own_results=False,
    programs=(
        Program("victoria-metrics", (Setting("-retentionPeriod={retention}", RETENTION_REASON),)),
        Program(
            "vmalert",
            (
                Setting("-rule=/etc/vmalert/rules/*.yaml", "out/prometheus/rules is mounted there"),
                Setting("-evaluationInterval=30s", "of groups without an interval"),
                Setting("-datasource.url=http://victoriametrics:8428", "reads"),
                Setting("-remoteWrite.url=http://victoriametrics:8428", "stores recorded series and ALERTS"),
                Setting("-remoteRead.url=http://victoriametrics:8428", "keeps the state of alerts over a restart"),
                Setting("-notifier.url=http://alertmanager:9093", "sends alerts"),
                Setting("-disableAlertgroupLabel", "a label of the group would change what alerts inhibit"),
            ),
        ),
    ),
    start=(
        "Start VictoriaMetrics with the flags in `out/backend/victoria-metrics.flags`, vmalert with those in "
        "`out/backend/vmalert.flags`.",
        "Mount `out/prometheus/rules` at `/etc/vmalert/rules`. VictoriaMetrics' operator takes the PrometheusRules of "
        "`out/kubernetes` as well.",
    ),
    differences=(
        WANTS_PROTOBUF,
        "The label of the shard is `service.instance.id` instead of `instance`. Rules and dashboards read neither.",
        "vmalert stores what a rule records after the evaluation, so a later rule of the group reads the result of the "
        "one before. Amounts of more than an hour are therefore increases of the raw counters, not sums of growth.",
        OWN_FAILURES,
    ),
    measured=(
        Measurement(f"1.151: {WORKERS_PUSH}, in protobuf", EXACT, BY_TEST),
        Measurement(f"1.151: {RULES_LIVE}", NO_RULE_FAILS, BY_TEST),
        Measurement("1.151: amounts of a day by tenant", AMOUNTS_EXACT, BY_TEST),
        Measurement(f"1.151: {SLOW_SHARE}", ALERT_FIRES, BY_TEST),
        Measurement("1.151: amounts as sums of growth", "no result, so no alert on costs: not used", TRIED_LATER),
        Measurement("1.151: a push in JSON", "400", BY_TEST),
        Measurement("1.151: alert tests, by vmalert-tool", "all pass but those that backends.md lists", BY_TEST),
    ),
)

THANOS = Backend(
    name="thanos",
    title="Thanos receive, query and rule",
    versions="0.42.4 is tested",
    otlp_path="/api/v1/otlp",
    encodings=(JSON, PROTOBUF),
    authentication="client certificates, or a proxy in front",
    start_times="none",
    retention="`--tsdb.retention={retention}` of receive and rule, or the compactor's",
    delay_setting="`--rule-query-offset`",
    adds_suffixes=True,
    reserved_labels={
        TENANT_LABEL: "Thanos receive sets it to its own tenant",
        **dict.fromkeys(("receive_replica", "rule_replica"), "Thanos query counts replicas once by it, and drops it"),
    },
    programs=(
        Program(
            "thanos-receive",
            (
                Setting(
                    f"--receive.tenant-label-name={TENANT_LABEL}",
                    "by default it overwrites the contract's label tenant_id, which merges all tenants",
                ),
                Setting('--label=receive_replica="a"', "another value for each replica"),
                Setting("--tsdb.retention={retention}", RETENTION_REASON),
                Setting("--tsdb.out-of-order.time-window=5m", OUT_OF_ORDER),
            ),
        ),
        Program(
            "thanos-query",
            (
                Setting("--query.replica-label=receive_replica", "counts the samples of replicas once"),
                Setting("--query.replica-label=rule_replica", "and what their rulers record"),
            ),
        ),
        Program(
            "thanos-rule",
            (
                Setting("--rule-file=/etc/thanos/rules/*.yaml", "out/prometheus/rules is mounted there"),
                Setting("--eval-interval=30s", "of groups without an interval"),
                Setting("--query=thanos-query:10902", "reads"),
                Setting("--alertmanagers.url=http://alertmanager:9093", "sends alerts"),
                Setting('--label=rule_replica="a"', "another value for each replica"),
                Setting(
                    "--alert.label-drop=rule_replica", "Alertmanager then knows the alerts of replicas as the same"
                ),
                Setting("--tsdb.retention={retention}", "the default of 48h forgets most of an error budget"),
            ),
        ),
    ),
    data_source={"prometheusType": "Thanos"},
    start=(
        "Start each program with the flags in its file of `out/backend`, beside its own addresses and storage.",
        "Mount `out/prometheus/rules` at `/etc/thanos/rules`. Let thanos rule keep its own storage (no "
        "`--remote-write`): rules read what others of their group have just recorded.",
    ),
    differences=(
        "Its receiver adds `_total` to the name of each counter and has no setting against it: "
        f"{READS_TOTAL}. What ends in `_total` keeps its name.",
        "Its own tenant is a label, `tenant_id` by default, that overwrites the contract's: all tenants would be one. "
        f"`--receive.tenant-label-name={TENANT_LABEL}` renames it; no platform may have a label of that name.",
        LOST_INCREMENTS,
        OWN_FAILURES,
    ),
    measured=(
        Measurement(f"0.42.4: {WORKERS_PUSH}", EXACT_BUT_FIRST, BY_TEST),
        Measurement("0.42.4: `ai_tokens_input` arrives as", "`ai_tokens_input_total`", BY_TEST),
        Measurement(f"0.42.4: {RULES_LIVE}", NO_RULE_FAILS, BY_TEST),
        Measurement("0.42.4: amounts of a day by tenant", AMOUNTS_BUT_FIRST, BY_TEST),
        Measurement(f"0.42.4: {SLOW_SHARE}", ALERT_FIRES, BY_TEST),
        Measurement("0.42.4: built without upstream's tag `slicelabels`", "receive and query crash", TRIED_NOW),
        Measurement("`tenant_id` without the flag", "overwritten: all tenants are one", TRIED),
    ),
)

CORTEX = Backend(
    name="cortex",
    title="Cortex",
    versions="1.21.1 is tested, as one process",
    otlp_path="/api/v1/otlp/v1/metrics",
    encodings=(JSON, PROTOBUF),
    authentication="the header `X-Scope-OrgID`; a proxy in front decides who may set it",
    start_times="none",
    retention="`compactor_blocks_retention_period: {retention}`",
    delay_setting="`ruler_query_offset`",
    adds_suffixes=True,
    has_namespaces=True,
    reserved_labels=OF_FEDERATION,
    limits=(
        *LIMITS_OF_SAMPLES,
        Setting("ruler_max_rules_per_rule_group: 0", "no limit, as by default: groups are not split"),
    ),
    data_source={"prometheusType": "Cortex", **SCOPE_HEADER},
    data_source_secrets=SCOPE_VALUE,
    start=(
        PUT_LIMITS,
        LOAD_RULES.format(tool="cortextool"),
        SET_SCOPE,
    ),
    differences=(
        "Its receiver adds `_total` to the name of each counter (`add_metric_suffixes`, on by default; leave it on): "
        f"{READS_TOTAL}.",
        LOST_INCREMENTS,
        OWN_FAILURES,
    ),
    measured=(
        Measurement(f"1.21.1: {WORKERS_PUSH}", EXACT_BUT_FIRST, BY_TEST),
        Measurement("1.21.1: `ai_tokens_input` arrives as", "`ai_tokens_input_total`", BY_TEST),
        Measurement(f"1.21.1: {RULES_LIVE}", NO_RULE_FAILS, BY_TEST),
        Measurement("1.21.1: amounts of a day by tenant", AMOUNTS_BUT_FIRST, BY_TEST),
        Measurement(f"1.21.1: {SLOW_SHARE}", ALERT_FIRES, BY_TEST),
        Measurement(
            "1.21.1: a day written at once, with the ingester's default `retention_period` of 6 hours",
            "older samples are missing until the store gateway has their blocks, which it looks for every 15 minutes",
            TRIED_NOW,
        ),
    ),
)

MIMIR = Backend(
    name="mimir",
    title="Grafana Mimir",
    versions="not measured: its licence is not one that this project builds",
    otlp_path="/otlp/v1/metrics",
    encodings=(JSON, PROTOBUF),
    authentication="the header `X-Scope-OrgID`; a proxy in front decides who may set it",
    start_times="a zero at the start of each series, with `otel_created_timestamp_zero_ingestion_enabled`",
    retention="`compactor_blocks_retention_period: {retention}`",
    delay_setting="`-ruler.evaluation-delay-duration`, `query_offset` of a group",
    rule_delay=minutes(1),
    max_rules=20,
    max_groups=70,
    has_namespaces=True,
    converts_histograms=True,
    reserved_labels=OF_FEDERATION,
    limits=(
        Setting("otel_created_timestamp_zero_ingestion_enabled: true", "without it, new series lose an increment"),
        Setting("otel_metric_suffixes_enabled: false", "keeps the names of metrics, as by default"),
        *LIMITS_OF_SAMPLES,
    ),
    histogram_limits=(
        Setting(
            "native_histograms_ingestion_enabled: true", "without it, histograms are dropped, and the push gets 200"
        ),
        Setting("otel_convert_histograms_to_nhcb: true", "one series for each histogram, which the rules read"),
    ),
    data_source={"prometheusType": "Mimir", **SCOPE_HEADER},
    data_source_secrets=SCOPE_VALUE,
    start=(
        PUT_LIMITS,
        LOAD_RULES.format(tool="mimirtool"),
        SET_SCOPE,
    ),
    differences=(
        f"Its ruler takes {MIMIR_LIMITS}: groups with more rules are split, in an order that keeps a rule after those "
        "that it reads, or in their group. Growth does not fit into so small groups: amounts of more than an hour are "
        "increases of the raw counters, at more cost, unless `ruler_limits` says that groups may have 50 rules.",
        "Its ruler looks a minute back by default, so everything fires a minute later.",
        OWN_FAILURES,
    ),
    measured=(
        Measurement("limits of rules", MIMIR_LIMITS, READ),
        Measurement("delay of rules", "1 minute", READ),
        Measurement("first increments", "lost by default", READ),
    ),
)

GRAFANA_CLOUD = Backend(
    name="grafana-cloud",
    title="Grafana Cloud",
    versions="not measured",
    otlp_path="/otlp/v1/metrics",
    encodings=(PROTOBUF, JSON),
    authentication="Basic auth: the instance and a token",
    start_times="not measured",
    retention="that of the contract with Grafana Labs; at least {retention} are needed",
    delay_setting="set by Grafana Labs",
    rule_delay=minutes(1),
    adds_suffixes=True,
    max_rules=20,
    max_groups=70,
    has_namespaces=True,
    reserved_labels=OF_FEDERATION,
    parts=(),
    start=(
        LOAD_RULES.format(tool="mimirtool"),
        "Upload `out/grafana/dashboards`, or let Git Sync read the resources that `grafana.formats` chooses; give the "
        "UID of the hosted data source in `grafana.data_source_uid`.",
    ),
    differences=(
        "Its documentation wants protobuf, and JSON for tests alone: set the Workers' variable "
        "`OTEL_EXPORTER_OTLP_PROTOCOL` to `http/protobuf`.",
        f"Names are translated by OpenTelemetry's rules for Prometheus, so counters end in `_total`: {READS_TOTAL}.",
        f"The limits of Mimir are assumed, {MIMIR_LIMITS}: groups with more rules are split.",
        "Its Alertmanager takes no secrets from files: the receivers of `out/alertmanager` are for one of your own.",
        OWN_FAILURES,
    ),
    measured=NOTHING_MEASURED,
)

AMAZON = Backend(
    name="amazon-managed-prometheus",
    title="Amazon Managed Service for Prometheus",
    versions="not measured",
    otlp_path="none: an OpenTelemetry Collector writes by remote write",
    encodings=(),
    authentication="signatures of AWS (SigV4)",
    start_times="not measured",
    retention="that of the workspace, 150 days by default; at least {retention} are needed",
    delay_setting="",
    adds_suffixes=True,
    has_namespaces=True,
    parts=(OutputPart.PROVISIONING,),
    data_source={"sigV4Auth": True, "sigV4AuthType": "default", "sigV4Region": "$__env{AWS_REGION}"},
    start=(
        "Put an OpenTelemetry Collector between the Workers and the workspace: an OTLP receiver, and the exporter "
        "`prometheusremotewrite` with the extension `sigv4auth` and its default `add_metric_suffixes: true`.",
        "Create a rule groups namespace of each file: `aws amp create-rule-groups-namespace --name FILE --data "
        "fileb://out/prometheus/rules/FILE.yaml`.",
        "Start Grafana with the region in the environment variable `AWS_REGION`.",
    ),
    differences=(
        f"The Collector adds `_total` to the name of each counter: {READS_TOTAL}.",
        "Its Alertmanager takes few kinds of receivers, and its ruler sends to no other: the receivers of "
        "`out/alertmanager` are for an Alertmanager of your own.",
        OWN_FAILURES,
    ),
    measured=NOTHING_MEASURED,
)

BACKENDS = {each.name: each for each in (PROMETHEUS, VICTORIAMETRICS, THANOS, MIMIR, CORTEX, GRAFANA_CLOUD, AMAZON)}
