"""The findings as text for a person on call: the worst first, each with its evidence and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from generator.verify.doctor.finding import MAX_EVIDENCE, Finding, FindingSeverity

INDENT = " " * 8


def finding_lines(finding: Finding) -> Iterator[str]:
    """The lines of a finding: what, by which evidence, what to do, and where to read more."""
    yield f"{finding.severity.value.upper():<8}{finding.what} [{finding.check}]"
    yield from (f"{INDENT}{each}" for each in finding.evidence[:MAX_EVIDENCE])
    if (more := len(finding.evidence) - MAX_EVIDENCE) > 0:
        yield f"{INDENT}… and {more} more: --json has all"
    yield f"{INDENT}-> {finding.hint}"
    yield f"{INDENT}   {finding.page}"


def counts_text(findings: Sequence[Finding]) -> str:
    """How many findings there are of each severity."""
    counts = Counter(finding.severity for finding in findings)
    parts = [
        f"{counts[severity]} {_plural(severity, counts[severity])}" for severity in FindingSeverity if counts[severity]
    ]
    return ", ".join(parts) or "no findings"


def _plural(severity: FindingSeverity, count: int) -> str:
    return severity.value if count == 1 or severity is FindingSeverity.INFO else f"{severity.value}s"
