"""docs/costs.md: what is billed and priced, what is counted without a price, and what no Worker can count."""

from __future__ import annotations

from fractions import Fraction

from contract.ai import TOKEN_CLASSES
from contract.billing import COST, NOT_COUNTED
from contract.storage import STORAGE_CALLS
from generator.dsl.billing import BilledUnit, Cost, NotCounted
from generator.rendering.templates import render

BILLS = """\
Costs are those of all units that are counted, before included amounts: those of tenants always, because what is
included is the platform's. Bills are the platform's:

- Of a day, with which alerts compare `total_dollars_per_day` and the `dollars_per_day` of products: the cost of the
  last 24 hours without what each day includes, which is that of neurons. What a month includes belongs to no day, so
  days add up to more than the bill of the month.
- Of a calendar month (UTC), with which alerts compare `dollars_per_month`: the cost after included amounts. That of
  neurons is subtracted from each day, the others from the month.

Without `dollars_per_month` the budget of all products together is $1,500; without `total_dollars_per_day` that of a day
is a fifteenth of it, twice the average. A product has none. A tenant has $50 in `dollars_per_day` and $1,500 in
`dollars_per_month`, at list prices. Where no rule is evaluated for two days, the months of tenants begin again."""


def costs_page(command: str) -> str:
    """The page, from the units of the contract."""
    return render(
        "costs.md.j2",
        rows=[_row(unit) for unit in COST.units],
        classes=[*TOKEN_CLASSES],
        without_price=without_price(COST, NOT_COUNTED),
        not_counted=[each for each in NOT_COUNTED if each.is_billed],
        bills=BILLS,
        command=command,
    )


def without_price(cost: Cost, not_counted: tuple[NotCounted, ...]) -> dict[str, str]:
    """The counters of calls to stores, and those of which a reason is stated, that no billed unit is counted by."""
    priced = {counter.name for unit in cost.units for counter in unit.counters}
    reasons = {each.counter.name: f"{each.unit}: {each.reason}" for each in not_counted if each.counter is not None}
    counters = [*(member.counter.name for member in STORAGE_CALLS.members), *reasons]
    return {name: reasons.get(name, "") for name in counters if name not in priced}


def _row(unit: BilledUnit) -> dict[str, str]:
    price = unit.price.dollars
    of_million = "by model" if price is None else _dollars(price.amount * 1_000_000)
    return {
        "product": unit.product,
        "unit": unit.name,
        "counters": ", ".join(f"`{counter.name}`" for counter in unit.counters),
        "operations": str(unit.operations),
        "price": of_million,
        "included": f"with `{unit.included_with}`" if unit.included_with else unit.price.included.text(),
        "listed": f"[{unit.price.listed}]({unit.price.source})",
        "help": unit.help,
    }


def _dollars(amount: Fraction) -> str:
    """An amount in cents, or with as many digits as it has: rows that D1 reads cost a tenth of a cent a million."""
    is_of_cents = (amount * 100).denominator == 1
    return f"${float(amount):.2f}" if is_of_cents else f"${float(amount):g}"
