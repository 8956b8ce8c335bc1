"""OpenTelemetry's conventions for calls to models, as far as the contract has counterparts of them.

The names still move, so the contract maps them and keeps its own. Version 0.1.0 is the first of the repository that the
GenAI conventions have of their own; in September 2026 metrics of duration were named after operations of any kind.
"""

from datetime import date

from generator.dsl.conventions import (
    ConventionAttribute,
    ConventionMetric,
    ConventionRegistry,
    ConventionVersion,
    NoCounterpart,
)

READ_ON = date(2026, 11, 29)
DEVELOPMENT, STABLE = "development", "stable"

GENERAL = ConventionRegistry(
    "https://opentelemetry.io/schemas/1.45.0",
    "https://github.com/open-telemetry/semantic-conventions.git@v1.45.0[model]",
    attributes=("error.type", "http.route", "service.name"),
)
GEN_AI = ConventionRegistry(
    "https://opentelemetry.io/schemas/gen-ai/0.1.0",
    "https://github.com/open-telemetry/semantic-conventions-genai.git@v0.1.0[model]",
    attributes=(
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.request.model",
        "gen_ai.response.finish_reasons",
        "gen_ai.response.model",
        "gen_ai.token.modality",
    ),
    metrics=(
        "gen_ai.client.inference.duration",
        "gen_ai.client.inference.time_to_first_chunk",
        "gen_ai.client.inference.time_per_output_chunk",
        "gen_ai.client.inference.usage.input_tokens",
        "gen_ai.client.inference.usage.output_tokens",
        "gen_ai.client.inference.usage.cache_read.input_tokens",
        "gen_ai.client.inference.usage.cache_write.input_tokens",
        "gen_ai.client.inference.usage.reasoning.output_tokens",
    ),
)
REGISTRIES = (GENERAL, GEN_AI)
"""What the registry of the contract depends on. GenAI 0.1.0 depends on version 1.45.0 of the general conventions."""

GEN_AI_0_1_0 = ConventionVersion(
    "gen-ai-0.1.0",
    "https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/client-inference.md",
    READ_ON,
)
GEN_AI_2026_09 = ConventionVersion(
    "gen-ai-2026-09", "https://github.com/open-telemetry/semantic-conventions-genai/pull/374", READ_ON
)
VERSIONS = (GEN_AI_0_1_0, GEN_AI_2026_09)
"""The versions whose names rules can record, the newest first."""

DURATION = ConventionMetric(
    names={
        GEN_AI_0_1_0: "gen_ai.client.inference.duration",
        GEN_AI_2026_09: "gen_ai.client.operation.duration",
    },
    instrument="histogram",
    unit="s",
    stability=DEVELOPMENT,
)
TIME_TO_FIRST_CHUNK = ConventionMetric(
    names={
        GEN_AI_0_1_0: "gen_ai.client.inference.time_to_first_chunk",
        GEN_AI_2026_09: "gen_ai.client.operation.time_to_first_chunk",
    },
    instrument="histogram",
    unit="s",
    stability=DEVELOPMENT,
)
TIME_PER_OUTPUT_CHUNK = ConventionMetric(
    names={
        GEN_AI_0_1_0: "gen_ai.client.inference.time_per_output_chunk",
        GEN_AI_2026_09: "gen_ai.client.operation.time_per_output_chunk",
    },
    instrument="histogram",
    unit="s",
    stability=DEVELOPMENT,
)


def usage(name: str) -> ConventionMetric:
    """Return a counter of tokens, which has the same name in both versions."""
    names = dict.fromkeys(VERSIONS, f"gen_ai.client.inference.usage.{name}")
    return ConventionMetric(names=names, instrument="counter", unit="{token}", stability=DEVELOPMENT)


INPUT_TOKENS = usage("input_tokens")
OUTPUT_TOKENS = usage("output_tokens")
CACHE_READ_TOKENS = usage("cache_read.input_tokens")
CACHE_WRITE_TOKENS = usage("cache_write.input_tokens")
REASONING_TOKENS = usage("reasoning.output_tokens")

REQUEST_MODEL = ConventionAttribute(name="gen_ai.request.model", stability=DEVELOPMENT, registry=GEN_AI)
HTTP_ROUTE = ConventionAttribute(name="http.route", stability=STABLE, registry=GENERAL)
SERVICE_NAME = ConventionAttribute(name="service.name", stability=STABLE, registry=GENERAL)
ERROR_TYPE = ConventionAttribute(name="error.type", stability=STABLE, registry=GENERAL)
FINISH_REASONS = ConventionAttribute(name="gen_ai.response.finish_reasons", stability=DEVELOPMENT, registry=GEN_AI)

COUNT_OF_DURATION = NoCounterpart("it is the count of the histogram that ai_latency_ms maps to")
FAILED_DURATION = NoCounterpart(
    "failures are observations of the duration that have the attribute error.type; ai_latency_ms has no such label"
)
REASONS_OF_SPANS = NoCounterpart("finish reasons are an attribute of spans there, and no metric is counted by them")
TOKENS_AND_TIMES = NoCounterpart(
    "the conventions have metrics of tokens and of durations, and of nothing else in a call"
)
ZERO_TOKENS = NoCounterpart(
    "a call without usage adds 0 to the counters of tokens there, with the attribute gen_ai.token.modality as unknown"
)
NO_TENANTS = NoCounterpart("the conventions have no attribute for the customer of a platform")
OF_DEPLOYMENT = NoCounterpart("it says whose series these are, in one Prometheus of several platforms")
