"""The check that every metric is visible on a dashboard."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.contract import example
from generator.checks.parsed_output import ParsedOutput
from generator.checks.stages import COMPILED
from generator.errors import DefinitionError, Problem
from generator.lowering.backend_names import stored_names
from generator.promql.dependencies import dependencies
from generator.promql.parser import names_of, parsed


@check(
    "contract/metric-without-panel",
    stage=COMPILED,
    language="python",
    bad=f"# contract/storage.py\n{example().lstrip()}",
    good=f'''# contract/storage.py
{example().lstrip()}
# dashboards/storage.py
@panel("S3 reads", id="s3_reads")
def s3_reads(platform: Platform) -> TimeSeries:
    """Reads per second."""
    return TimeSeries((Series(S3_READS.rate()),))
''',
    message="no dashboard reads it; add a panel, or stop emitting it",
)
def every_metric_is_on_a_dashboard(output: ParsedOutput) -> Iterator[Problem]:
    """Every metric of the contract is read by a panel, directly or through recording rules.

    A metric that nobody sees costs as much as any other, and nobody notices when it breaks.
    """
    visible, platform = visible_series(output), output.compiled.lowered.platform
    contract = output.compiled.lowered.definitions.contract
    stored = stored_names(contract, platform)
    for metric in contract.metrics:
        names = (metric.name, *metric.names(), metric.earlier.name)
        pushed = [f"{platform.metric_prefix}{name}" for name in names]
        if not visible & {stored.get(name, name) for name in pushed}:
            yield Problem(contract.place_of(metric), "no dashboard reads it", "add a panel, or stop emitting it")


def visible_series(output: ParsedOutput) -> set[str]:
    """The names of the series that panels read, and of those that these are recorded from."""
    return dependencies(_reads(output)).closure(name for tree in output.panel_trees for name in names_of(tree))


def _reads(output: ParsedOutput) -> Iterator[tuple[str, frozenset[str]]]:
    """Each recorded series, and the series that its rule reads."""
    for located in output.rules:
        if located.rule.kind == "record":
            try:
                yield located.rule.name, names_of(parsed(located.rule.expression))
            except DefinitionError:
                continue
