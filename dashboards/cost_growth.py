"""The table of what costs more than a week ago."""

from generator.dsl.dashboard import Column, Table
from generator.dsl.labels import Label
from generator.dsl.query import Query
from generator.dsl.spending import change_since, earlier, relative_change_since
from generator.dsl.units import days

WEEK = days(7)


def growth_of_cost(label: Label, dollars: Query, no_value: str = "No cost") -> Table:
    """What each value of a label costs against a week ago, the one that grew by most dollars first."""
    by_label = dollars.by(label)
    return Table(
        label,
        (
            Column("More than a week ago", change_since(by_label, WEEK)),
            Column("Cost", by_label),
            Column("A week ago", earlier(by_label, WEEK)),
            Column("Change", relative_change_since(by_label, WEEK)),
        ),
        no_value=no_value,
    )
