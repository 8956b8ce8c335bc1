"""What the plots draw of each case, as PromQL over raw series; `$w` is the window."""

from __future__ import annotations

from collections.abc import Mapping

from generator.verify.backtest.case import Curve

Subject = Mapping[str, str]


def selector(subject: Subject) -> str:
    """Matchers of labels."""
    return "{" + ",".join(f'{label}="{value}"' for label, value in subject.items()) + "}"


def traffic(subject: Subject) -> str:
    """Requests a minute."""
    return f"60 * {_rate('requests_total', subject)}"


def errors(subject: Subject) -> Curve:
    """The share of requests that fail."""
    return Curve("requests that fail, %", _share(_rate("errors_total", subject), _rate("requests_total", subject)))


def model_errors(model: str) -> Curve:
    """The share of a model's calls that fail."""
    called = {"model": model}
    return Curve("calls that fail, %", _share(_rate("ai_errors_total", called), _rate("ai_requests_total", called)))


def slowest(subject: Subject) -> Curve:
    """What the slowest 5 % of requests take."""
    return Curve("p95, ms", _p95("latency_ms", subject))


def slowest_of_model(model: str) -> Curve:
    """What the slowest 5 % of a model's calls take."""
    return Curve("p95 of the model, ms", _p95("ai_latency_ms", {"model": model}))


def tokens(tenant: str) -> Curve:
    """The tokens of a tenant in the last day."""
    labels = selector({"tenant_id": tenant})
    both = " + ".join(f"sum(increase({metric}{labels}[1d]))" for metric in ("ai_tokens_input", "ai_tokens_output"))
    return Curve("tokens in 24 h", both)


def kv() -> Curve:
    """The share of calls to KV that fail."""
    calls = f"({_rate('kv_reads_total', {})} + {_rate('kv_writes_total', {})})"
    return Curve("calls to KV that fail, %", _share(_rate("kv_errors_total", {}), calls))


def durable_objects() -> Curve:
    """The share of calls to Durable Objects that fail."""
    return Curve("calls that fail, %", _share(_rate("do_errors_total", {}), _rate("do_requests_total", {})))


def vectorize() -> Curve:
    """The share of queries to Vectorize that fail."""
    failed, asked = _rate("vectorize_errors_total", {}), _rate("vectorize_queries_total", {})
    return Curve("queries that fail, %", _share(failed, asked))


def heartbeat(service: str) -> Curve:
    """How old a service's heartbeat is."""
    beat = f"last_over_time(telemetry_heartbeat_timestamp_seconds{selector({'service': service})}[1d])"
    return Curve("age of the heartbeat, s", f"max(time() - {beat})")


def _rate(metric: str, subject: Subject) -> str:
    return f"sum(rate({metric}{selector(subject)}[$w]))"


def _share(part: str, whole: str) -> str:
    return f"100 * ({part} or vector(0)) / {whole}"


def _p95(metric: str, subject: Subject) -> str:
    return f"histogram_quantile(0.95, sum by (le) (rate({metric}_bucket{selector(subject)}[$w])))"
