"""What has a name in the contract, and refuses Python's operators with the words that read it."""

from __future__ import annotations

from generator.dsl.operators import NoArithmetic

READ_A_METRIC = (
    "read a counter with .rate() or .increase(window), a histogram with .quantile(P95), a gauge with .latest()"
)


class Named(NoArithmetic):
    """What has a name in the contract: a metric, a combined counter, a built-in series."""

    name: str

    def noun(self) -> str:
        return f"the metric {self.name}"

    def instead_of(self, operator: str, other: object) -> str:
        match operator:
            case "and":
                return "choose one metric, or combine counters in contract/ with CombinedCounter"
            case "/":
                return "write COUNTER.ratio_to(COUNTER, window), or .per(…) where their units differ"
            case "+" | "|":
                return "combine counters in contract/ with CombinedCounter, or show two series"
        return READ_A_METRIC
