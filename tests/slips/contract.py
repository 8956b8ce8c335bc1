"""Slips in the contract: labels, metrics, units and log fields."""

from __future__ import annotations

from tests.slips.slip import Slip

IMPORTS = """from contract.api import *
from contract.labels import *
from generator.dsl.labels import *
from generator.dsl.log import *
from generator.dsl.metrics import *
from generator.dsl.units import *

"""
FIX = "fix this line of the definition"
COUNTER = 'Counter(name="a_total", unit=REQUESTS_UNIT, labels=(ROUTE,), help="A.", origin=Seed("3.1"))'
GAUGE = 'Gauge(name="a", unit=REQUESTS_UNIT, labels=(ROUTE,), help="A.", origin=Seed("3.1"))'
HISTOGRAM = 'Histogram(name="a_ms", unit=MILLISECONDS, labels=(ROUTE,), buckets=(5, 10), help="A.", origin=Seed("3.1"))'
COMBINED = 'CombinedCounter(name="a", unit=CALLS_UNIT, help="A.", members=(Member(REQUESTS, {REASON: "refused"}),))'
FIELD = 'LogField(name="a", type=NumberType(0), sensitivity=SAFE, help="A.")'


def declared(text: str, what: str, hint: str) -> Slip:
    """A slip in a line of the contract."""
    return Slip("contract.slip", f"{IMPORTS}{text}  #!\n", what, hint)


def changed(text: str, old: str, new: str, what: str, hint: str) -> Slip:
    """A slip in one part of a declaration."""
    assert old in text
    return declared(text.replace(old, new), what, hint)


TEMPLATE = "nothing fills a template there"
TEXTS = (
    changed(COUNTER, '"A."', '"Of {{ $labels.route }}."', "text of Counter(help=…) has a template: '{{ $la", TEMPLATE),
    changed(HISTOGRAM, '"A."', '"{{route}}."', "the text of Histogram(help=…) has a template: '{{route}}.'", TEMPLATE),
    changed(GAUGE, '"A."', '"${route}"', "the text of Gauge(help=…) has a template: '${route}'", TEMPLATE),
    changed(COMBINED, '"A."', '"$labels.route"', "the text of CombinedCounter(help=…) has a template", TEMPLATE),
    declared('BuiltIn(name="UP", labels=(ROUTE,), help="{{ . }}")', "the text of BuiltIn(help=…) has a", TEMPLATE),
    changed(COUNTER, '"3.1"', '"{{ . }}"', "the text of Seed(section=…) has a template", TEMPLATE),
    changed(COUNTER, 'Seed("3.1")', 'Extension("{{ x }}")', "Extension(reason=…) has a template", TEMPLATE),
    declared("Label('a', 'Of {{ x }}.')", "the text of Label(help=…) has a template: '{{ x }}.'", TEMPLATE),
    declared("Label('a', 'A.', title='$a')", "the text of Label(title=…) has a template of Grafana: '$a'", "plain"),
    declared("Unit('{{ x }}', 'short')", "the text of Unit(name=…) has a template", TEMPLATE),
    declared("Unit('logins', 'suffix: ${x}')", "the text of Unit(grafana=…) has a template", TEMPLATE),
    changed(FIELD, '"A."', '"{{ a }}"', "the text of LogField(help=…) has a template", TEMPLATE),
    declared("NotCovered('a', '{{ a }}')", "the text of NotCovered(why=…) has a template", TEMPLATE),
)
METRICS = (
    changed(COUNTER, ', help="A."', "", "missing 1 required keyword-only argument: 'help'", FIX),
    changed(COUNTER, 'name="a_total"', "name=REQUESTS", "Counter(name=…) takes a text, not Counter", "in quotes"),
    changed(COUNTER, "REQUESTS_UNIT", '"requests"', "Counter(unit=…) takes a unit, not 'requests'", "REQUESTS_UNIT"),
    changed(COUNTER, "REQUESTS_UNIT", "REQUEST_UNIT", 'there is no "REQUEST_UNIT"', 'did you mean "REQUESTS_UNIT"'),
    changed(COUNTER, "(ROUTE,)", "ROUTE", "a tuple of labels of the contract, not Label route", "with a comma"),
    changed(COUNTER, "(ROUTE,)", '("route",)', "a tuple of labels of the contract, not 'route'", "contract.labels"),
    changed(COUNTER, "(ROUTE,)", "[ROUTE]", "a tuple of labels of the contract, not list", "write a tuple"),
    changed(COUNTER, 'help="A."', "help=None", "Counter(help=…) takes a text, not None", "in quotes"),
    changed(COUNTER, 'Seed("3.1")', '"3.1"', "takes a Seed or an Extension, not '3.1'", 'Seed("3.1")'),
    changed(COUNTER, 'Seed("3.1")', "Seed", "takes a Seed or an Extension, not type", 'Seed("3.1")'),
    changed(COUNTER, '"3.1"', "3.1", "Seed(section=…) takes a text, not 3.1", "in quotes"),
    changed(COUNTER, 'Seed("3.1")', "Extension(None)", "Extension(reason=…) takes a text, not None", "in quotes"),
    changed(
        COUNTER, "Counter(", "Gauge(recorded_from=REQUESTS, ", "takes a query or None, not Counter", "read a metric"
    ),
    changed(HISTOGRAM, ", buckets=(5, 10)", "", "missing 1 required keyword-only argument: 'buckets'", FIX),
    changed(HISTOGRAM, "(5, 10)", "(10, 5)", "the bucket bounds of a_ms are not in ascending order", "smallest first"),
    changed(HISTOGRAM, "(5, 10)", "()", "Histogram(…) has no bucket bounds", "in the metric's unit"),
    changed(HISTOGRAM, "(5, 10)", "5", "a tuple of whole numbers or numbers, not 5", "with a comma"),
    changed(HISTOGRAM, "(5, 10)", "range(5)", "a tuple of whole numbers or numbers, not range", "write a tuple"),
    changed(HISTOGRAM, "(5, 10)", '(5, "+Inf")', "not '+Inf'", "in digits"),
    changed(HISTOGRAM, "(5, 10)", "(5, float('inf'))", "not inf", "in digits"),
    changed(COMBINED, '(Member(REQUESTS, {REASON: "refused"}),)', "()", "CombinedCounter(…) has no members", "Member("),
    changed(COMBINED, "Member(REQUESTS", "Member(LATENCY", "Member(counter=…) takes a counter of the", "from contract"),
    changed(COMBINED, "REASON:", '"reason":', "a mapping from labels of the contract to texts, not 'reason'", "labels"),
    changed(COMBINED, '"refused"', '"refusd"', 'label reason has no value "refusd"', "use one of buffer_full"),
    changed(COMBINED, '{REASON: "refused"}', "REASON", "a mapping from labels of the contract to texts", "{…: …}"),
    changed(
        COMBINED,
        "),))",
        '), Member(ERRORS, {REASON: "refused"})))',
        "two members of a have the same labels",
        "different values",
    ),
    declared("REQUESTS + ERRORS", "Python's + does not work on the metric requests_total", "CombinedCounter"),
)
LABELS = (
    declared("Label('a')", "TypeError: Label.__init__() missing 1 required", FIX),
    declared("Label(5, 'A.')", "Label(name=…) takes a text, not 5", "in quotes"),
    declared("Label('a', 'A.', values='contract')", "takes a LabelValues, not 'contract'", "LabelValues.CONTRACT"),
    declared(
        "Label('a', 'A.', listed=('x',))", "the label a lists 1 values, and its values are OPEN", "LabelValues.CON"
    ),
    declared(
        "Label('a', 'A.', values=LabelValues.CONTRACT)", "lists 0 values, and its values are CONTRACT", "listed=(…,)"
    ),
    declared(
        "Label('a', 'A.', values=LabelValues.CONTRACT, listed='xy')", "a tuple of texts, not 'xy'", "with a comma"
    ),
    declared(
        "Label('a', 'A.', pattern='[a-')", "'[a-' of the label a is not a regular expression", "fix the expression"
    ),
    declared("Label('a', 'A.', patern='x')", "unexpected keyword argument 'patern'", FIX),
)
UNITS = (
    declared("Unit(5, 'short')", "the unit 5 has a field of another type", "Unit("),
    declared("Unit('logins', 'short', format='count')", "the unit 'logins' has a field of another type", "Unit("),
    declared("Unit('logins', 'short', part_of='requests')", "the unit 'logins' has a field of another type", "Unit("),
    declared("DOCUMENTS_UNIT.rate()", "documents have no rate", ".increase(window)"),
)
LOGS = (
    changed(FIELD, "SAFE", "'safe'", "LogField(sensitivity=…) takes a Sensitivity, not 'safe'", "Sensitivity.SAFE"),
    changed(FIELD, "NumberType(0)", "NumberType", "takes a StringType or", "StringType(…)"),
    changed(FIELD, "NumberType(0)", "int", "takes a StringType or", "StringType(…)"),
    changed(FIELD, 'help="A."', "help=5", "LogField(help=…) takes a text, not 5", "in quotes"),
    changed(
        FIELD, 'help="A."', 'help="A.", required="yes"', "LogField(required=…) takes True or False", "True or False"
    ),
    changed(
        FIELD, "NumberType(0)", 'NumberType("0")', "NumberType(minimum=…) takes a whole number, not '0'", "in digits"
    ),
    changed(
        FIELD, "NumberType(0)", 'EnumType("abc")', "EnumType(values=…) takes a tuple of texts, not 'abc'", "a comma"
    ),
    changed(FIELD, "NumberType(0)", "StringType(64, pattern=5)", "StringType(pattern=…) takes a text, not 5", "quotes"),
    changed(
        FIELD, "NumberType(0)", 'LabelValueType("route")', "LabelValueType(label=…) takes a label of", "contract.labels"
    ),
)
