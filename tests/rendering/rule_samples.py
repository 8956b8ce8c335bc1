"""Sample rules, and strings that need quotes or escapes in YAML."""

from __future__ import annotations

from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile

HOSTILE = (
    "", " ", " a", "a ", "\n", "a\n", "\na", "a\n\nb", "a\n b\n", "a\r\nb", "\ta", "a\tb\n\"c\"", "  \n\"x\"",
    "a\n  ", "a \n\"b\"", '"', "'", '\\', '\\n"', '{{ $labels.tenant_id | urlquery }} "x"', "{% raw %}", "{{", "}}",
    "{# #}", "a: b", "a #b", "# a", "- a", "? a", "| a", "> a", "%a", "@a", "`a`", "*a", "&a", "!a", "[a", "{a", "a:",
    ":", "---", "...", '---\n"', "=", "<<", "yes", "No", "ON", "off", "true", "null", "~", "y", "n", "1", "1e3",
    "0x1f", "1_000", "12:30:45", "2026-11-01", ".inf", ".nan", "a-", "a:b", "a.b", "vector(1)", "</script>",
    "$VAR ${VAR} $$", "été ✓ 😀", "\u200b", "\u00a0", "\u00ad", "a\u0085b\"", "a\u2028b\"", "a\u2029b\\", "\x7f\"",
    "\x80\\", "\x00", "\x1b[0m", "\x0b\x0c\"", "\x1c\x1d\x1e\\", "\ufeffa\"", "\ufffe", "\uffff\"",
    "\U0001f600\"\n\U0010fffd", "x" * 300, '"' * 300, "a b " * 100 + '"',
)  # fmt: skip


def alert(name: str = "RouteDown", expression: str = "vector(1) > 0") -> RenderedRule:
    """An alerting rule with this expression."""
    labels = {"severity": "page", "owner": "platform"}
    return RenderedRule("alert", name, expression, labels, {"summary": "Down."}, "1m")


def budgets(count: int, first: int = 0) -> tuple[RenderedRule, ...]:
    """Recording rules of so many constants: budgets of tenants."""
    return tuple(
        RenderedRule(
            "record",
            "tenant_id:tokens_per_day:override",
            f"vector({1000 + number})",
            {"tenant_id": f"tenant-{number:05d}"},
            is_constant=True,
        )
        for number in range(first, first + count)
    )


def thresholds(rules: tuple[RenderedRule, ...]) -> RuleFile:
    """A rule file with a group of constants, and a later group with a rule that reads them."""
    joined = RenderedRule("record", "tenant_id:tokens_per_day:limit", "tenant_id:tokens_per_day:override or vector(1)")
    return RuleFile(
        "recorded-limits",
        (RenderedGroup("limits-recorded", "30s", rules), RenderedGroup("limits-joined", "30s", (joined,))),
    )


def small() -> RuleFile:
    """A rule file with one alert."""
    return RuleFile("errors", (RenderedGroup("errors", "30s", (alert(),)),))
