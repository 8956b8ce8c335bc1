"""The report: what was told of each case, what others tell of it, what was missed, and a plot of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from generator.verify.backtest.charts import plot
from generator.verify.backtest.verdict import Heard, Told, Verdict, minutes

INTRODUCTION = """# Back-tests

What the shipped rules say of {count} cases of simulated traffic, replayed by `vmalert -replay` over a real Prometheus.
Made by `make backtest`; the cases are in `generator/verify/backtest/cases.py`.

- **Detected** counts from the incident's start to the first firing, **resolved** from its end to the last one; alerts
  of errors go on for some minutes on purpose (`keep_firing_for`), so that a pause is no second alarm.
- **Pages** are notifications, counted as the shipped Alertmanager sends them: what it finds needless is left out, and
  what begins together in a group (alert and route) is told once. What is told once more after an hour is not counted.
- **Static** are the thresholds that people copy, for each tenant and route: errors over 5 %, or p95 over the route's
  promise, for five minutes, or no heartbeat; no floor, no budgets, all of them pages. Their notifications are counted
  in the same groups; how many alerts these are made of stands in brackets.
- **sloth** (v0.16.0) made rules of the same objective, for each route; it tells of errors alone.
- Alerts that look further back than a run's warm-up are not tried in it, of whatever rules. The warm-up is 6 hours, a
  day for tokens and three for the slow burn. Samples are 15 s apart, in runs of days 60 s (30 s at few requests); there
  are 6 tenants, in ordinary days 3.
- The budgets of `platform.yaml` make few requests: 12 a minute on /chat at noon, 24 on /search. The alerts are judged
  on ten times as many, as a platform has them (one small tenant's outage on thirty times); what becomes of the same at
  few requests is told in cases of their own.
- It is one seed: another one may be told half a minute sooner or later, at few requests some minutes.
- A number in bold misses its target. In plots the shipped pages are red and their tickets orange; grey are the others'.
"""
DUE = ("case", "what is due", "detected", "within", "resolved")
BESIDE = ("case", "first page", "static", "sloth", "first ticket", "sloth", "pages", "static (alerts)", "sloth",
          "tickets", "sloth")  # fmt: skip


def report(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """The files, by their path below the folder of documents."""
    parts = (_due, _beside, _targets, _ordinary, _sections)
    page = "\n".join((INTRODUCTION.format(count=len(verdicts)), *(line for part in parts for line in part(verdicts))))
    plots = {f"backtest/{one.run.case.slug}.svg": plot(one.run) for one in verdicts}
    return {"backtest.md": page.rstrip("\n") + "\n", **plots}


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _head(columns: Sequence[str]) -> tuple[str, str]:
    return _row(columns), f"|{'---|' * len(columns)}"


def _link(one: Verdict) -> str:
    return f"[{one.run.case.name}](#{one.run.case.slug})"


def _due(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "## What is due, and when it came\n"
    yield from _head(DUE)
    for one in verdicts:
        columns = ([str(told.due.alarm) for told in one.told] or ["nothing"], [_told(told) for told in one.told],
                   [minutes(told.due.within) for told in one.told], [_resolved(told) for told in one.told])  # fmt: skip
        yield _row((_link(one), *("<br>".join(column) or "–" for column in columns)))
    yield ""


def _told(told: Told) -> str:
    return _when(told.after) if told.in_time else f"**{_when(told.after)}**"


def _when(after: float | None) -> str:
    return "never" if after is None else minutes(max(after, 0))


def _resolved(told: Told) -> str:
    if told.after is None:
        return "–"
    return "later" if told.resolved is None else minutes(told.resolved)


def _beside(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "## Beside the static thresholds, and beside sloth\n"
    yield from _head(BESIDE)
    for one in verdicts:
        ours, static, peer = one.shipped, one.static, one.peer
        late, slow = one.slower
        yield _row((
            _link(one), _bold(_when(ours.first_page), late), _when(static.first_page), _when(peer.first_page),
            _bold(_when(ours.first_ticket), slow), _when(peer.first_ticket), _bold(f"{ours.pages}", not one.calmer),
            _alerts(static), f"{peer.pages}", f"{ours.tickets}", f"{peer.tickets}",
        ))  # fmt: skip
    yield ""


def _bold(text: str, missed: bool) -> str:
    return f"**{text}**" if missed else text


def _alerts(heard: Heard) -> str:
    return f"{heard.pages} ({heard.alerts})" if heard.alerts else "0"


def _targets(verdicts: Sequence[Verdict]) -> Iterator[str]:
    missed = [one for one in verdicts if not one.passed]
    yield "## What is met, and what is missed\n"
    yield (f"- {len(verdicts) - len(missed)} of {len(verdicts)} cases are told as they must be: in time, by the right "
           "alert about the right thing and by no other, and no later than sloth tells it.")  # fmt: skip
    noisy = [one for one in verdicts if one.static.pages and not one.run.case.days]
    fewer = [one for one in noisy if one.shipped.pages < one.static.pages]
    once = [one for one in noisy if one not in fewer and one.shipped.pages == 1]
    yield f"- Of {len(noisy)} cases in which the static thresholds page, ours page less often in {len(fewer)}."
    if noisy:
        shipped, static = fmean(one.shipped.pages for one in noisy), fmean(one.static.pages for one in noisy)
        yield f"- Pages per incident, over these {len(noisy)}: {shipped:.1f}, of the static thresholds {static:.1f}."
    if once:
        yield f"- In {len(once)} they page once, as the static ones do, and less is no page: {_names(once)}."
    for one in (one for one in noisy if not one.calmer):
        yield (f"- **{one.run.case.name}**: {one.shipped.pages} pages, and {one.static.pages} of the static "
               f"thresholds. {one.run.case.remark}".rstrip())  # fmt: skip
    yield from (f"- **{one.run.case.name}** is missed: {'; '.join(one.misses)}. {one.run.case.remark}".rstrip()
                for one in missed)  # fmt: skip
    yield ""


def _names(verdicts: Sequence[Verdict]) -> str:
    return ", ".join(one.run.case.name for one in verdicts)


def _ordinary(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """False alarms: whatever is told on ordinary days."""
    ordinary = [one for one in verdicts if one.run.case.days]
    if not ordinary:
        yield "The ordinary days are not part of this report: false alarms in them are not known.\n"
    for one in ordinary:
        yield f"## False alarms in {one.run.case.days} ordinary days\n"
        yield from _head(("rules", "false pages", "false tickets", "alerts that fired"))
        for name, heard in (("shipped", one.shipped), ("static thresholds", one.static), ("sloth", one.peer)):
            yield _row((name, f"{heard.pages}", f"{heard.tickets}", f"{heard.alerts}"))
        yield ""


def _sections(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for one in verdicts:
        case = one.run.case
        yield f'<a id="{case.slug}"></a>\n'
        yield f"## {case.name}\n\n{case.claim}\n\n![{case.name}](backtest/{case.slug}.svg)\n"
