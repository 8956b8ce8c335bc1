"""Budgets of the platform's bill by product, and what fires above them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from contract.labels import PRODUCT
from generator.dsl.alert import PAGE, TICKET
from generator.dsl.alert_test import FiringAlert, firing
from generator.dsl.query import ThresholdTable
from generator.dsl.units import Quantity

TOTAL = "total"


def budget_of_all(budgets: ThresholdTable) -> Fraction:
    """The budget of all products in dollars, which has a default."""
    budget = budgets.value_for(TOTAL)
    assert budget is not None, "the budget of all products has a default"
    return budget.amount


def above_budgets(budgets: ThresholdTable, warning: Quantity, bill: Mapping[str, Fraction]) -> Iterator[FiringAlert]:
    """The tickets and pages of the products that have a budget."""
    for product, dollars in bill.items():
        budget = budgets.value_for(product)
        for severity, threshold in ((TICKET, warning.amount), (PAGE, Fraction(1))):
            if budget is not None and dollars > threshold * budget.amount:
                yield firing(severity, float(dollars / budget.amount), {PRODUCT: product})


def over_budgets(budgets: ThresholdTable, forecasts: Mapping[str, Fraction]) -> Iterator[FiringAlert]:
    """The tickets of the products whose forecast is over their budget."""
    for product, dollars in forecasts.items():
        budget = budgets.value_for(product)
        if budget is not None and dollars > budget.amount:
            yield firing(TICKET, float(dollars), {PRODUCT: product})
