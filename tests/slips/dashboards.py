"""Slips in dashboards: panels, rows, variables and their texts."""

from __future__ import annotations

from tests.slips.slip import Slip

IMPORTS = """from contract.ai import *
from contract.api import *
from contract.labels import *
from contract.objectives import *
from generator.dsl.dashboard import *
from generator.dsl.metrics import *
from generator.dsl.query import *
from generator.dsl.units import *

COUNT = REQUESTS.increase(minutes(5)).by(ROUTE)
ERROR_RATIO = ERRORS.ratio_to(REQUESTS, minutes(5)).by(ROUTE)
"""
PANEL = '''{decorator}{decorator_mark}
{function}
    """{docstring}"""
    return {body}{body_mark}


DASHBOARD = Dashboard("slip", "Slip", "A slip.", (), (Row("Row", (example,)),), ())
'''
DASHBOARD = '''

@panel("Example", id="example")
def example(platform):
    """An example."""
    return Stat(COUNT)


DASHBOARD = {body}  #!
'''
FIX = "fix this line of the definition"


def body(text: str, what: str, hint: str) -> Slip:
    """A slip in the line that makes a visualization."""
    return _panel(what, hint, body=text, body_mark="  #!")


def lowered(text: str, what: str, hint: str) -> Slip:
    """A slip that is found in the visualization: the problem names the panel."""
    return _panel(what, hint, body=text, decorator_mark="  #!")


def text(what: str, hint: str, **parts: str) -> Slip:
    """A slip in the decorator, the function or the docstring of a panel."""
    return _panel(what, hint, decorator_mark="  #!", **parts)


def dashboard(text: str, what: str, hint: str) -> Slip:
    """A slip in a dashboard or in one of its parts."""
    return Slip("dashboards.slip", IMPORTS + DASHBOARD.format(body=text), what, hint)


def _panel(what: str, hint: str, **parts: str) -> Slip:
    values = {
        "decorator": '@panel("Example", id="example")',
        "decorator_mark": "",
        "function": "def example(platform):",
        "docstring": "An example.",
        "body": "Stat(COUNT)",
        "body_mark": "",
    }
    return Slip("dashboards.slip", IMPORTS + "\n\n" + PANEL.format(**values | parts), what, hint)


VISUALIZATIONS = (
    body("Stat()", "TypeError: Stat.__init__() missing 1 required", FIX),
    body("Stat(REQUESTS)", "Stat(…) takes a query, not Counter requests_total", ".increase(window)"),
    body("Stat('requests_total')", "Stat(…) takes a query, not 'requests_total'", ".increase(window)"),
    body("Stat(COUNT.above(quantity(5, REQUESTS_UNIT)))", "Stat(…) takes a query, not Comparison", ".increase(window)"),
    body("Stat(COUNT, critical=5)", "Stat(…) takes a quantity, not 5", "quantity(5, REQUESTS_UNIT)"),
    body("Stat(ERROR_RATIO, warning='1%')", "Stat(…) takes a quantity, not '1%'", "percent(1)"),
    body(
        "Stat(ERROR_RATIO, critical=milliseconds(5))", "a threshold in milliseconds on a panel in ratio", "percent(1)"
    ),
    body("Stat(ERROR_RATIO, critical=percent(100))", "is compared with 100%", "percent(5)"),
    lowered(
        "Stat(COUNT, critical=token_budget(platform))", "a threshold per tenant_id, but the query is", "add TENANT"
    ),
    body("Stat(COUNT, lower_is_worse='no')", "Stat(lower_is_worse=…) takes True or False, not 'no'", "True or False"),
    body("Stat(COUNT, no_value=0)", "Stat(no_value=…) takes a text, not 0", "in quotes"),
    body("Stat(COUNT, red=percent(5))", "unexpected keyword argument 'red'", FIX),
    body("Stat(COUNT and COUNT)", "a query has no truth value", "& and |"),
    body("GaugePanel(LATENCY)", "GaugePanel(…) takes a query, not Histogram latency_ms", ".quantile(P95)"),
    body("BarGauge(COUNT, max_series=0)", "BarGauge(max_series=…) takes a whole number from 1 on, not 0", "write 8"),
    body("BarGauge(COUNT, max_series=True)", "BarGauge(max_series=…) takes a whole number, not True", "in digits"),
    body("BarGauge(COUNT, lower_is_worse=1)", "BarGauge(lower_is_worse=…) takes True or False, not 1", "True or False"),
    body("TimeSeries(COUNT)", "TimeSeries(…) takes a tuple of series, not Increase", "write (Series(query),)"),
    body("TimeSeries((Series(COUNT)))", "TimeSeries(…) takes a tuple of series, not Series", "with a comma"),
    body("TimeSeries((COUNT,))", "TimeSeries(…) takes series, not Increase", "write (Series(query),)"),
    body("TimeSeries([Series(COUNT)])", "TimeSeries(…) takes a tuple of series, not list", "write (Series(query),)"),
    body("TimeSeries(())", "TimeSeries(…) has no series", "write (Series(query),)"),
    body("TimeSeries((Series(COUNT),) * 30)", "TimeSeries(…) has 30 series", "at most 25"),
    body("TimeSeries((Series(COUNT),), threshold=5)", "TimeSeries(…) takes a quantity, not 5", "REQUESTS_UNIT"),
    body("TimeSeries((Series(COUNT),), warning=percent(5))", "in ratio on a panel in requests", "REQUESTS_UNIT"),
    body("TimeSeries((Series(COUNT),), stacked='yes')", "TimeSeries(stacked=…) takes True or False", "True or False"),
    body("TimeSeries((Series('x'),))", "Series(…) takes a query, not 'x'", ".increase(window)"),
    body("TimeSeries((Series(COUNT, 5),))", "Series(name=…) takes a text, not 5", "in quotes"),
    body("TimeSeries((Series(COUNT),), no_value='Of $a')", "TimeSeries(no_value=…) has a template of", "plain text"),
    body("Stat(COUNT, no_value='{{a}}')", "Stat(no_value=…) has a template of Grafana: '{{a}}'", "plain text"),
    body("GaugePanel(COUNT, no_value='[[a]]')", "GaugePanel(no_value=…) has a template of Grafana", "plain text"),
    body("BarGauge(COUNT, no_value='${a}')", "BarGauge(no_value=…) has a template of Grafana", "plain text"),
    body("Table(ROUTE, (Column('A', COUNT),), no_value='$a')", "Table(no_value=…) has a template of", "plain text"),
    body("Table(ROUTE, (Column('Of $a', COUNT),))", "Column(title=…) has a template of Grafana: '$a'", "plain text"),
    body("TimeSeries((Series(COUNT, '{{route}}'),))", "a template of Grafana: '{{route}}'", "the legend names"),
    lowered(
        "TimeSeries((Series(COUNT), Series(ERROR_RATIO)))", "series in ratio and requests on one axis", "each unit"
    ),
    lowered(
        "TimeSeries((Series(COUNT),), threshold=quantity(7, REQUESTS_UNIT))", "not the threshold of an", "of an alert"
    ),
    body("Heatmap(REQUESTS)", "Heatmap(…) takes a histogram of the contract, not Counter", "as LATENCY"),
    body("HistogramPanel(LATENCY.quantile(P95))", "HistogramPanel(…) takes a histogram of the contract", "as LATENCY"),
    body(
        "Table('route', (Column('A', COUNT),))", "Table(…) takes labels of the contract, not 'route'", "imported from"
    ),
    body("Table(ROUTE, Column('A', COUNT))", "Table(…) takes a tuple of columns, not Column", "with a comma"),
    body("Table(ROUTE, (Column('A', REQUESTS),))", "Column(…) takes a query, not Counter", ".increase(window)"),
    body("Table(ROUTE, (Column('', COUNT),))", "the text of Column(title=…) is empty", "what people read"),
    body("Table(ROUTE, (Column(COUNT, 'A'),))", "Column(…) takes a query, not 'A'", ".increase(window)"),
    body(
        "Table(ROUTE, (Column('A', COUNT),), max_rows=-1)", "Table(max_rows=…) takes a whole number from 1", "write 8"
    ),
    body("Table(ROUTE, (Column('A', COUNT),), links_to=5)", "Table(links_to=…) takes a text, not 5", "in quotes"),
    lowered("Table(ROUTE, (Column('A', COUNT),), links_to='tenent')", 'there is no dashboard "tenent"', "use one of"),
    lowered("Table(TENANT, (Column('A', COUNT),))", 'the column "A" is not grouped by tenant_id alone', ".by(TENANT)"),
    lowered("None", "the panel returns None, which is not a visualization", "return TimeSeries(…)"),
    lowered("COUNT", "the panel returns Increase, which is not a visualization", "return TimeSeries(…)"),
    lowered("Stat", "the panel returns type, which is not a visualization", "return TimeSeries(…)"),
    lowered("(Stat(COUNT),)", "the panel returns tuple, which is not a visualization", "return TimeSeries(…)"),
    lowered("Stat(REQUESTS.increase(seconds(10)))", "10 seconds holds fewer than two samples", "30 seconds or more"),
    lowered("Stat(REQUESTS.increase(days(400)))", "400 days is longer than Prometheus stores", "days or less"),
)
PANELS = (
    text("TypeError: panel() missing 1 required keyword-only argument: 'id'", FIX, decorator="@panel"),
    text("TypeError: panel() missing 1 required", FIX, decorator='@panel("Example")'),
    text("panel() takes 1 positional argument but 2", FIX, decorator='@panel("Example", "example")'),
    text("@panel(title) takes a text, not 5", "in quotes", decorator='@panel(5, id="example")'),
    text("the text of @panel(title) is empty", "what people read", decorator='@panel("", id="example")'),
    text("has the id 'Example Panel'", "lower-case", decorator='@panel("Example", id="Example Panel")'),
    text("has the id 5", "lower-case", decorator='@panel("Example", id=5)'),
    text("is asynchronous or has a yield", "use def", function="async def example(platform):"),
    text("does not take exactly one argument", "def name(platform", function="def example():"),
    text("the panel example has no docstring", "describe in a sentence", docstring=""),
    text("the panel cannot fill {treshold}", "use {window}", docstring="Above {treshold}."),
    text("the panel cannot fill {critical}", "use {window}", docstring="Red from {critical} on."),
    text("the panel cannot fill {quantile}", "use {window}", decorator='@panel("{quantile}", id="example")'),
    text("the panel cannot fill {window}", "no constant value", docstring="{window}.", body="Stat(REQUESTS.rate())"),
    text("cannot be parsed", "close every brace", docstring="The last {window."),
    text("a template of Grafana: '${tenant}", "plain text", docstring="Of ${tenant}."),
    text("a template of Grafana: '$tenant", "plain text", decorator='@panel("Of $tenant", id="example")'),
    text("a template of Grafana: '[[tenant]]", "plain text", docstring="Of [[tenant]]."),
    text('has the number "5 minutes"', "as {window}", docstring="In the last 5 minutes."),
    text('has the number "5 min"', "as {window}", decorator='@panel("Requests, 5 min", id="example")'),
)
DASHBOARDS = (
    dashboard("Row('Row', example)", "Row(…) takes a tuple of panels, not Panel", "with a comma"),
    dashboard("Row('Row', (Stat(COUNT),))", "Row(…) takes panels, not Stat", "@panel(title, id=…)"),
    dashboard("Row('Row', (minutes,))", "Row(…) takes panels, not the function minutes", "@panel(title, id=…)"),
    dashboard("Row('Row', ())", "Row(…) has no panels", "@panel(title, id=…)"),
    dashboard("Row('', (example,))", "the text of Row(title=…) is empty", "what people read"),
    dashboard(
        "Row('Row', (example,), widths=(0, 24))", "Row(widths=…) takes a whole number from 1 on, not 0", "write 8"
    ),
    dashboard("Row('Row', (example,), widths=24)", "Row(widths=…) takes a tuple of whole numbers, not 24", "a comma"),
    dashboard("Row('Row', (example,), widths='24')", "a tuple of whole numbers, not '24'", "write a tuple"),
    dashboard("Row('Row', (example,), height=-1)", "Row(height=…) takes a whole number from 1 on, not -1", "write 8"),
    dashboard("Row('Row', (example,), height=None)", "Row(height=…) takes a whole number, not None", "in digits"),
    dashboard("Row('Last $range', (example,))", "a template of Grafana: '$range'", "plain text"),
    dashboard("Dashboard('a', '$a', 'A.', (), (), ())", "Dashboard(…) has a template of Grafana: '$a'", "plain text"),
    dashboard("Dashboard('a', 'A', '{{a}}', (), (), ())", "has a template of Grafana: '{{a}}'", "plain text"),
    dashboard("Dashboard('a', 'A', 'A.', (), (), ('[[a]]',))", "has a template of Grafana: '[[a]]'", "plain text"),
    dashboard("Variable('route', REQUESTS)", "Variable(…) takes labels of the contract, not 'route'", "imported from"),
    dashboard("Variable(ROUTE, 'requests_total')", "Variable(…) takes a metric of the contract", "as REQUESTS"),
    dashboard("Variable(MODEL, REQUESTS)", "requests_total has no label model", "use one of route"),
    dashboard(
        "Variable(ROUTE, REQUESTS, multi='no')", "Variable(multi=…) takes True or False, not 'no'", "True or False"
    ),
    dashboard("Dashboard('a', 'A')", "TypeError: Dashboard.__init__() missing 4 required", FIX),
    dashboard("Dashboard('../evil', 'A', 'A.', (), (), ())", "has the id '../evil'", "lower-case letters"),
    dashboard("Dashboard('a', 5, 'A.', (), (), ())", "Dashboard(title=…) takes a text, not 5", "in quotes"),
    dashboard("Dashboard('a', 'A', None, (), (), ())", "Dashboard(description=…) takes a text, not None", "in quotes"),
    dashboard("Dashboard('a', 'A', 'A.', ROUTE, (), ())", "takes a tuple of variables, not Label route", "(Variable("),
    dashboard("Dashboard('a', 'A', 'A.', (), Row('R', (example,)), ())", "a tuple of rows, not Row", "with a comma"),
    dashboard("Dashboard('a', 'A', 'A.', (), (), 'errors')", "a tuple of texts, not 'errors'", "with a comma"),
    dashboard("Dashboard('a', 'A', 'A.', (), (), {'errors'})", "a tuple of texts, not set", "write a tuple"),
    dashboard(
        "Dashboard('a', 'A', 'A.', (Variable(ROUTE, REQUESTS), Variable(ROUTE, ERRORS)), (), ())",
        "the dashboard a has two variables of route",
        "remove one",
    ),
)
