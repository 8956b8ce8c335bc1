"""The report: a table of all cases, what was missed and why, and a plot of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.backtest.plot import plot
from generator.backtest.verdict import Told, Verdict, minutes

INTRODUCTION = """# Back-tests

What the shipped rules say of {count} cases of simulated traffic, replayed by `vmalert -replay` over a real Prometheus.
Made by `make backtest`; the cases are in `generator/backtest/cases.py`.

- **Detected** counts from the incident's start to the first firing, **resolved** from its end to the last one.
  **First word** is when anything at all reached a person; a number in bold misses its target.
- A **page** is a page that fires and reaches a person: what the shipped Alertmanager finds needless is not counted.
- **Static** are the thresholds that people copy, for each tenant and route: errors over 5 %, or p95 over the route's
  promise, for five minutes, or no heartbeat; no floor, no budgets. Each firing is a page.
- Alerts that look further back than a run's warm-up are not tried in it. The warm-up is 6 hours, a day for tokens and
  three for the slow burn. Samples are 15 s apart, in runs of days 60 s; there are 6 tenants, in ordinary days 3.
- It is one seed: at a few requests a minute another one may be told some minutes sooner or later.
"""
COLUMNS = ("case", "what is due", "detected", "within", "resolved", "first word", "pages", "tickets",
           "static: first word", "static: pages")  # fmt: skip


def report(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """The files, by their path below the folder of documents."""
    page = "\n".join((INTRODUCTION.format(count=len(verdicts)), *_table(verdicts), "", *_missed(verdicts),
                      *_sections(verdicts)))  # fmt: skip
    plots = {f"backtest/{one.run.case.slug}.svg": plot(one.run) for one in verdicts}
    return {"backtest.md": page.rstrip("\n") + "\n", **plots}


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    for one in verdicts:
        case = one.run.case
        due = [str(told.due.alarm) for told in one.told] or ["nothing"]
        cells = (
            f"[{case.name}](#{case.slug})",
            "<br>".join(due),
            "<br>".join(_told(told) for told in one.told) or "–",
            "<br>".join(minutes(told.due.within) for told in one.told) or "–",
            "<br>".join(_resolved(told) for told in one.told) or "–",
            _first(one.first),
            f"{one.pages}" if one.calmer else f"**{one.pages}**",
            f"{one.tickets}",
            _first(one.static_after),
            f"{one.static_pages}",
        )
        yield f"| {' | '.join(cells)} |"


def _first(after: float | None) -> str:
    return "never" if after is None else minutes(max(after, 0))


def _told(told: Told) -> str:
    said = "never" if told.after is None else minutes(told.after)
    return said if told.in_time else f"**{said}**"


def _resolved(told: Told) -> str:
    if told.after is None:
        return "–"
    return "later" if told.resolved is None else minutes(told.resolved)


def _missed(verdicts: Sequence[Verdict]) -> Iterator[str]:
    missed = [one for one in verdicts if not one.passed]
    yield f"{len(verdicts) - len(missed)} of {len(verdicts)} cases are told as they must, and nothing else is."
    noisy = [one for one in verdicts if one.static_pages]
    calmer = sum(one.calmer for one in noisy)
    yield f"Of {len(noisy)} cases of which the static thresholds tell, the shipped rules wake less often in {calmer}."
    if all(one.run.case.incidents for one in verdicts):
        yield "The ordinary days are not part of this report: false alarms in them are not known."
    if missed:
        yield "\n## What today's rules miss\n"
    for one in missed:
        yield f"- **{one.run.case.name}**: {'; '.join(one.misses)}. {one.run.case.known}".rstrip()
    yield ""


def _sections(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for one in verdicts:
        case = one.run.case
        yield f'<a id="{case.slug}"></a>\n'
        yield f"## {case.name}\n\n{case.claim}\n\n![{case.name}](backtest/{case.slug}.svg)\n"
