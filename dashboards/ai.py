"""AI: do the models answer, how fast, what goes wrong, what does it cost, and does retrieval find anything?"""

from contract.ai import (
    AI_EMBEDDED_TEXTS,
    AI_ERRORS,
    AI_ERRORS_BY_CLASS,
    AI_FALLBACKS,
    AI_FINISH_REASONS,
    AI_IMAGES,
    AI_LATENCY,
    AI_REQUESTS,
    AI_RETRIES,
    AI_TIME_PER_OUTPUT_TOKEN,
    AI_TIME_TO_FIRST_TOKEN,
    AI_TOKENS_INPUT,
    AI_TOKENS_INPUT_CACHE_WRITE,
    AI_TOKENS_INPUT_CACHED,
    AI_TOKENS_OUTPUT,
    AI_TOKENS_OUTPUT_REASONING,
    AI_TOOL_CALLS,
    TOKENS,
)
from contract.labels import ERROR_CLASS, FINISH_REASON, MODEL, ROUTE, SERVICE, TENANT
from contract.rag import RAG_CACHE_HITS, RAG_QUERIES, RAG_RETRIEVAL_COUNT
from dashboards.overview import telemetry
from generator.dsl.conditional import only_where
from generator.dsl.dashboard import (
    AlertSeries,
    Dashboard,
    Heatmap,
    HistogramPanel,
    Row,
    Series,
    Stat,
    TimeSeries,
    Variable,
    panel,
)
from generator.dsl.metrics import P95, percentile
from generator.dsl.observations import observations, observations_up_to
from generator.dsl.panel_thresholds import fraction_of_critical, threshold_of
from generator.dsl.platform import Platform
from generator.dsl.units import DOCUMENTS_UNIT, hours, minutes, percent, quantity

from .token_costs import (
    cached_share_by_model,
    cached_share_now,
    cost_by_model,
    cost_by_model_against_a_week_ago,
    cost_by_tenant,
    cost_last_24h,
    cost_now,
    cost_of_call_now,
    cost_of_thousand_calls_by_model,
    cost_of_thousand_calls_now,
    day_against_budget,
    forecast_of_budget,
    month_against_budget,
    month_forecast,
    saved_by_cache_now,
)

NOW = minutes(5)
EMPTY_RESULTS = observations_up_to(RAG_RETRIEVAL_COUNT, quantity(0, DOCUMENTS_UNIT))
"""Retrieval queries without a document, among those that the cache did not serve."""


@panel("Error rate", id="errors_now")
def error_ratio_now(platform: Platform) -> Stat:
    """Calls to models in the last {window} that failed, in percent of all. Red from the threshold of HighAIErrorRate
    on."""
    return Stat(
        AI_ERRORS.ratio_to(AI_REQUESTS, NOW),
        warning=fraction_of_critical(percent(20)),
        critical=threshold_of("HighAIErrorRate"),
    )


@panel("Latency, {quantile}", id="latency_now")
def latency_now(platform: Platform) -> Stat:
    """{quantile} latency of calls to models in the last {window}, until the last token, over all models; of fewer than
    {minimum} it says nothing. Red from the SLO on."""
    latency = only_where(AI_LATENCY.quantile(P95, NOW), AI_REQUESTS.increase(NOW).at_least(platform.min_requests))
    return Stat(latency, critical=threshold_of("HighAILatency"), no_value="Too few calls")


@panel("Time to first token, {quantile}", id="first_token_now")
def first_token_now(platform: Platform) -> Stat:
    """{quantile} time to first token of streams in the last {window}. A shorter window has too few streams for a
    quantile."""
    return Stat(AI_TIME_TO_FIRST_TOKEN.quantile(P95, hours(1)), no_value="No streams")


@panel("Time per output token, {quantile}", id="token_time_now")
def token_time_now(platform: Platform) -> Stat:
    """{quantile} time for each output token after the first, of streams in the last {window}. A shorter window has too
    few streams for a quantile."""
    return Stat(AI_TIME_PER_OUTPUT_TOKEN.quantile(P95, hours(1)), no_value="No streams")


@panel("Calls, {window}", id="calls")
def calls(platform: Platform) -> Stat:
    """Number of calls to models in the last {window}."""
    return Stat(AI_REQUESTS.increase(NOW))


@panel("Cache hit rate", id="cache_hits_now")
def cache_hit_rate_now(platform: Platform) -> Stat:
    """Retrieval queries of the last {window} that the cache served, in percent."""
    return Stat(RAG_CACHE_HITS.ratio_to(RAG_QUERIES, NOW), no_value="No retrieval")


@panel("Error rate by model", id="error_share_by_model")
def error_ratio_by_model(platform: Platform) -> AlertSeries:
    """Failed calls to each model in percent of all, of the {window} before each point, where there were at least
    {minimum}. The dashed red line is the threshold of HighAIErrorRate."""
    return AlertSeries("HighAIErrorRate")


@panel("Latency by model, {quantile}", id="latency_by_model")
def latency_by_model(platform: Platform) -> AlertSeries:
    """{quantile} latency of each model, until the last token, in the {window} before each point, where there were at
    least {minimum}. The dashed red line is the threshold of HighAILatency."""
    return AlertSeries("HighAILatency")


@panel("Calls by model", id="requests_by_model")
def calls_by_model(platform: Platform) -> TimeSeries:
    """Calls per second, by model."""
    return TimeSeries((Series(AI_REQUESTS.rate().by(MODEL)),), stacked=True)


@panel("Failed calls by class, {window}", id="errors_by_class")
def errors_by_class(platform: Platform) -> TimeSeries:
    """Number of calls to models in the {window} before each point that failed, by what went wrong."""
    failed = AI_ERRORS_BY_CLASS.increase(NOW).by(ERROR_CLASS)
    return TimeSeries((Series(failed),), stacked=True, no_value="No failed calls")


@panel("Calls by finish reason, {window}", id="finish_reasons")
def finish_reasons(platform: Platform) -> TimeSeries:
    """Number of calls in the {window} before each point, by why the text ended: length means that it was cut at the
    maximum, unknown that the model does not say."""
    ended = AI_FINISH_REASONS.increase(NOW).by(FINISH_REASON)
    return TimeSeries((Series(ended),), stacked=True, no_value="No texts")


@panel("Cut and withheld answers, {window}", id="cut_answers")
def cut_and_withheld_answers(platform: Platform) -> TimeSeries:
    """Number of answers in the {window} before each point that were cut at the maximum of tokens, and of those that the
    model's own filter withheld."""
    ended = AI_FINISH_REASONS.increase(NOW)
    series = (
        Series(ended.where(FINISH_REASON.is_("length")), "cut"),
        Series(ended.where(FINISH_REASON.is_("content_filter")), "withheld"),
    )
    return TimeSeries(series, no_value="No answer is cut or withheld")


@panel("Blocked by guardrails, {window}", id="blocked_by_guardrails")
def blocked_by_guardrails(platform: Platform) -> TimeSeries:
    """Number of calls in the {window} before each point whose prompt or response a guardrail of AI Gateway blocked, by
    model."""
    blocked = AI_ERRORS_BY_CLASS.increase(NOW).where(ERROR_CLASS.is_("safety")).by(MODEL)
    return TimeSeries((Series(blocked),), stacked=True, no_value="No call is blocked")


@panel("Retries by model, {window}", id="retries_by_model")
def retries_by_model(platform: Platform) -> TimeSeries:
    """Number of calls in the {window} before each point that repeated a failed call of the same request, with the same
    input, by model."""
    return TimeSeries((Series(AI_RETRIES.increase(NOW).by(MODEL)),), stacked=True, no_value="No retries")


@panel("Fallbacks by model asked first, {window}", id="fallbacks_by_model")
def fallbacks_by_model(platform: Platform) -> TimeSeries:
    """Number of calls in the {window} before each point that another model answered than the one asked first, by the
    latter: AI Gateway asked both, or the request asked the other with the same input after a failure."""
    return TimeSeries((Series(AI_FALLBACKS.increase(NOW).by(MODEL)),), stacked=True, no_value="No fallbacks")


@panel("Tool calls and fallbacks, {window}", id="tool_calls")
def tool_calls_and_fallbacks(platform: Platform) -> TimeSeries:
    """Number of tool calls that answers asked for in the {window} before each point, and of calls that another model
    answered than the one asked first."""
    series = (Series(AI_TOOL_CALLS.increase(NOW), "tool calls"), Series(AI_FALLBACKS.increase(NOW), "fallbacks"))
    return TimeSeries(series, no_value="No tool calls or fallbacks")


@panel("Latency quantiles", id="latency_quantiles")
def latency_quantiles(platform: Platform) -> TimeSeries:
    """{quantiles} latency over all models, until the last token, in the {window} before each point, where there were at
    least {minimum}."""
    enough = AI_REQUESTS.increase(NOW).at_least(platform.min_requests)
    quantiles = ((percentile(q), only_where(AI_LATENCY.quantile(q, NOW), enough)) for q in (0.5, P95, 0.99))
    return TimeSeries(tuple(Series(latency, name) for name, latency in quantiles), no_value="Too few calls")


@panel("Time to first token by model", id="first_token_by_model")
def first_token_by_model(platform: Platform) -> TimeSeries:
    """{quantile} time to first token of streams in the {window} before each point, by model. A shorter window has too
    few streams for a quantile."""
    first_token = AI_TIME_TO_FIRST_TOKEN.quantile(P95, hours(1)).by(MODEL)
    return TimeSeries((Series(first_token),), no_value="No streams")


@panel("Time per output token by model", id="token_time_by_model")
def token_time_by_model(platform: Platform) -> TimeSeries:
    """{quantile} time for each output token after the first, of streams in the {window} before each point, by model. A
    shorter window has too few streams for a quantile."""
    token_time = AI_TIME_PER_OUTPUT_TOKEN.quantile(P95, hours(1)).by(MODEL)
    return TimeSeries((Series(token_time),), no_value="No streams")


@panel("Tokens by model", id="tokens_by_model")
def tokens_by_model(platform: Platform) -> TimeSeries:
    """Input and output tokens per second, by model."""
    return TimeSeries((Series(TOKENS.rate().by(MODEL)),), stacked=True, no_value="No tokens")


@panel("Input and output tokens", id="tokens_in_and_out")
def input_and_output_tokens(platform: Platform) -> TimeSeries:
    """Tokens per second that the models read and wrote."""
    series = (Series(AI_TOKENS_INPUT.rate(), "in"), Series(AI_TOKENS_OUTPUT.rate(), "out"))
    return TimeSeries(series, no_value="No tokens")


@panel("Cached and reasoning tokens", id="token_classes")
def token_classes(platform: Platform) -> TimeSeries:
    """Tokens per second that the models read from their prompt cache or wrote to it, a part of the input, and that they
    wrote to reason, a part of the output. Models that do not report them are left out."""
    series = (
        Series(AI_TOKENS_INPUT_CACHED.rate(), "cached"),
        Series(AI_TOKENS_INPUT_CACHE_WRITE.rate(), "written to cache"),
        Series(AI_TOKENS_OUTPUT_REASONING.rate(), "reasoning"),
    )
    return TimeSeries(series, no_value="No model reports them")


@panel("Embedded texts by model, {window}", id="embedded_texts")
def embedded_texts_by_model(platform: Platform) -> TimeSeries:
    """Number of texts that each model turned into vectors in the {window} before each point."""
    return TimeSeries((Series(AI_EMBEDDED_TEXTS.increase(NOW).by(MODEL)),), stacked=True, no_value="No embeddings")


@panel("Images by model, {window}", id="images")
def images_by_model(platform: Platform) -> TimeSeries:
    """Number of images that each model made in the {window} before each point."""
    return TimeSeries((Series(AI_IMAGES.increase(NOW).by(MODEL)),), stacked=True, no_value="No images")


@panel("Tokens per call", id="tokens_per_call")
def tokens_per_call(platform: Platform) -> TimeSeries:
    """Input and output tokens per call, by model. Longer prompts and longer responses show here first."""
    return TimeSeries((Series(TOKENS.per(AI_REQUESTS).by(MODEL)),), no_value="No tokens")


@panel("Tokens without price, last {window}", id="tokens_without_price")
def tokens_without_price(platform: Platform) -> AlertSeries:
    """Tokens of the {window} before each point of models without a price in platform.yaml. AIModelWithoutPrice opens a
    ticket for any. Their cost is missing in all cost panels."""
    return AlertSeries("AIModelWithoutPrice", no_value="Every model has a price")


@panel("Calls without token usage", id="unknown_tokens")
def calls_without_usage(platform: Platform) -> AlertSeries:
    """Calls of the {window} before each point whose response has no token usage, in percent of each model's calls.
    Their cost is missing in all cost panels. The dashed red line is the threshold of AITokensUnknown."""
    return AlertSeries("AITokensUnknown")


@panel("Calls without any tokens", id="calls_without_tokens")
def calls_without_tokens(platform: Platform) -> AlertSeries:
    """Calls of the {window} before each point to models whose input or output tokens did not arrive at all.
    AITokensMissing opens a ticket: budgets and cost are blind for the model."""
    return AlertSeries("AITokensMissing", no_value="Tokens arrive for every model")


@panel("Queries, {window}", id="retrieval_queries")
def retrieval_queries(platform: Platform) -> Stat:
    """Number of retrieval queries in the last {window}, or why there is none."""
    return Stat(RAG_QUERIES.increase(NOW), no_value="No retrieval")


@panel("Queries without documents", id="empty_results_now")
def empty_results_now(platform: Platform) -> Stat:
    """Retrieval queries of the last {window} that found no document, in percent of those that the cache did not
    serve."""
    return Stat(EMPTY_RESULTS.ratio_to(observations(RAG_RETRIEVAL_COUNT), NOW), no_value="No retrieval")


@panel("Queries by route", id="queries_by_route")
def queries_by_route(platform: Platform) -> TimeSeries:
    """Retrieval queries per second, by route."""
    return TimeSeries((Series(RAG_QUERIES.rate().by(ROUTE, SERVICE)),), no_value="No retrieval")


@panel("Cache hit rate by route", id="cache_hits")
def cache_hit_rate_by_route(platform: Platform) -> TimeSeries:
    """Retrieval queries that the cache served, in percent, by route."""
    return TimeSeries((Series(RAG_CACHE_HITS.ratio_to(RAG_QUERIES).by(ROUTE, SERVICE)),), no_value="No retrieval")


@panel("Queries without documents by route", id="empty_results")
def empty_results_by_route(platform: Platform) -> TimeSeries:
    """Retrieval queries of the {window} before each point that found no document, in percent of those that the cache
    did not serve, by route."""
    empty = EMPTY_RESULTS.ratio_to(observations(RAG_RETRIEVAL_COUNT), NOW).by(ROUTE, SERVICE)
    return TimeSeries((Series(empty),), no_value="No retrieval")


@panel("Documents per query", id="documents")
def documents(platform: Platform) -> HistogramPanel:
    """Distribution of the number of documents that queries retrieved, over the dashboard's time range."""
    return HistogramPanel(RAG_RETRIEVAL_COUNT)


@panel("Documents over time", id="documents_over_time")
def documents_over_time(platform: Platform) -> Heatmap:
    """Number of documents that queries retrieved, over time. A dark row at 0 means that retrieval finds nothing."""
    return Heatmap(RAG_RETRIEVAL_COUNT)


DASHBOARD = Dashboard(
    id="ai",
    title="AI",
    description=__doc__,
    variables=(Variable(TENANT, AI_REQUESTS), Variable(MODEL, AI_REQUESTS, through=(ROUTE, SERVICE))),
    rows=(
        Row(
            "Now",
            (telemetry, error_ratio_now, latency_now, calls),
            height=4,
            id="Do the models answer now?",
        ),
        Row(
            "Trend by model",
            (error_ratio_by_model, latency_by_model, calls_by_model),
            id="Which model, and since when?",
        ),
        Row(
            "Time to first token, and per output token",
            (
                first_token_now,
                token_time_now,
                first_token_by_model,
                token_time_by_model,
                latency_quantiles,
                tokens_per_call,
            ),
            id="Where does the time go?",
        ),
        Row(
            "Failed calls, ends of answers, retries and fallbacks",
            (
                errors_by_class,
                finish_reasons,
                cut_and_withheld_answers,
                blocked_by_guardrails,
                retries_by_model,
                fallbacks_by_model,
                tool_calls_and_fallbacks,
            ),
            id="What goes wrong?",
        ),
        Row(
            "Cost",
            (
                cost_now,
                cost_of_call_now,
                cost_of_thousand_calls_now,
                cached_share_now,
                saved_by_cache_now,
                cost_last_24h,
                cost_of_thousand_calls_by_model,
                cached_share_by_model,
            ),
            id="What does it cost?",
        ),
        Row(
            "Cost by model and tenant",
            (cost_by_model, cost_by_tenant, forecast_of_budget, cost_by_model_against_a_week_ago),
            id="Who makes the cost?",
        ),
        Row(
            "Bill of all tenants and models",
            (day_against_budget, month_against_budget, month_forecast),
            id="What will the bill be?",
        ),
        Row(
            "Tokens, texts and images",
            (
                input_and_output_tokens,
                tokens_by_model,
                token_classes,
                embedded_texts_by_model,
                images_by_model,
            ),
            id="How much do the models read and write?",
        ),
        Row(
            "Tokens that cost panels miss",
            (calls_without_usage, calls_without_tokens, tokens_without_price),
            id="What is missing in the cost?",
        ),
        Row(
            "Retrieval of the routes that call the models",
            (
                retrieval_queries,
                empty_results_now,
                cache_hit_rate_now,
                queries_by_route,
                empty_results_by_route,
                cache_hit_rate_by_route,
                documents,
                documents_over_time,
            ),
            id="What does retrieval find?",
        ),
    ),
    tags=("ai", "cost"),
)
