"""The bill of a calendar month and its forecast as Prometheus evaluates the shipped rules, beside those worked out by
hand: included amounts of a month, shared ones, those of a day, and a month that ends.

Everything is counted from 6 to 18 o'clock (UTC) of each day, from the first of January 1970 on.
"""

from __future__ import annotations

import pytest
import yaml

from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.verify.needed_rules import needed_rules
from tests.rendering.test_amounts import notation

DAYS = 41
MODEL = "@cf/baai/bge-m3"
OF_ROUTE = 'tenant_id="a",route="/chat",service="worker-api"'
PER_HOUR = {
    f"kv_reads_total{{{OF_ROUTE}}}": 200_000,
    f"kv_writes_total{{{OF_ROUTE}}}": 2000,
    f"do_requests_total{{{OF_ROUTE}}}": 20_000,
    f"do_alarms_total{{{OF_ROUTE}}}": 10_000,
    f"do_rows_written_total{{{OF_ROUTE}}}": 400_000,
    'telemetry_rows_written_total{service="worker-api"}': 200_000,
    'telemetry_object_requests_total{service="worker-api"}': 15_000,
}
TOKENS = f'ai_tokens_input{{model="{MODEL}",{OF_ROUTE}}}'
EVEN, ODD = 4_000_000, 20_000
"""Tokens an hour on even days, from 0 on, and on odd ones."""
JANUARY_31, FEBRUARY_10 = 31 * 24 - 4, 41 * 24 - 4
"""Hours since the start, at 20 o'clock."""
TO_DATE, FORECAST = "product:cost_after_included:month_to_date", "product:cost_after_included:month_forecast"
BILL = {
    # 74.4 million reads without 10, at $0.50; 744,000 writes are included.
    (JANUARY_31, TO_DATE, "kv"): 32.2,
    # Of requests and alarms, 16.74 million without 1, at $0.15; of 223.2 million rows without 50, at $1: two thirds.
    (JANUARY_31, TO_DATE, "durable_objects"): (2.361 + 173.2) * 2 / 3,
    (JANUARY_31, TO_DATE, "telemetry"): (2.361 + 173.2) / 3,
    # 48 million tokens at $0.012 are $0.576, without $0.11, on 16 days; less than $0.11 on the others.
    (JANUARY_31, TO_DATE, "workers_ai"): 7.456,
    (JANUARY_31, TO_DATE, "total"): 215.217,
    # 24 million reads without 10; 5.4 million requests and alarms without 1; 72 million rows without 50; 5 even days.
    (FEBRUARY_10, TO_DATE, "kv"): 7,
    (FEBRUARY_10, TO_DATE, "durable_objects"): (0.66 + 22) * 2 / 3,
    (FEBRUARY_10, TO_DATE, "telemetry"): (0.66 + 22) / 3,
    (FEBRUARY_10, TO_DATE, "workers_ai"): 2.33,
    (FEBRUARY_10, TO_DATE, "total"): 31.99,
    # 18 days and four hours are left, each as the last one: 2.4 million reads, 540,000 requests and alarms, 7.2 million
    # rows, and $0.466 of tokens.
    (FEBRUARY_10, FORECAST, "kv"): 12 + 1.2 * 109 / 6 - 5,
    (FEBRUARY_10, FORECAST, "durable_objects"): (0.81 + 0.081 * 109 / 6 - 0.15 + 72 + 7.2 * 109 / 6 - 50) * 2 / 3,
    (FEBRUARY_10, FORECAST, "telemetry"): (0.81 + 0.081 * 109 / 6 - 0.15 + 72 + 7.2 * 109 / 6 - 50) / 3,
    (FEBRUARY_10, FORECAST, "workers_ai"): 2.33 + 0.466 * 109 / 6,
    (FEBRUARY_10, FORECAST, "total"): 194.527167,
}
OF_TENANT, FORECAST_OF_TENANT = "tenant_id:cost:month_to_date", "tenant_id:cost:month_forecast"
TOTALS = "tenant_id_product_month:cost:running_total"
COST_OF_TENANT = {
    # 37.2 of reads, 3.72 of writes, 1.116 of requests, 0.558 of alarms, 148.8 of rows; 16 times 0.576 and 15 times
    # 0.00288 of tokens. Nothing is included.
    (JANUARY_31, OF_TENANT): 200.6532,
    # 12 + 1.2 + 0.36 + 0.18 + 48 + 5 * 0.57888
    (FEBRUARY_10, OF_TENANT): 64.6344,
    # 1.2 + 0.12 + 0.036 + 0.018 + 4.8 + 0.576 on each day
    (FEBRUARY_10, FORECAST_OF_TENANT): 64.6344 + 6.75 * 109 / 6,
}


def hourly(of_day: list[int]) -> str:
    """The samples of a counter that counts so much in each hour of each day from 6 to 18 o'clock."""
    values = [0.0]
    for hour in range(DAYS * 24):
        values.append(values[-1] + (of_day[hour // 24] if 6 <= hour % 24 < 18 else 0))
    return notation([*values])


def expectation(hour: int, series: str, matcher: str, dollars: float) -> dict[str, object]:
    """The expectation of a bill, within half a percent."""
    value = f"sum({series}{{{matcher}}})"
    return {
        "expr": f"({value} >= bool {dollars * 0.995:.6f}) * ({value} <= bool {dollars * 1.005:.6f})",
        "eval_time": f"{hour}h",
        "exp_samples": [{"labels": "{}", "value": 1}],
    }


def totals(hour: int) -> dict[str, object]:
    """The expectation that totals of this month alone are recorded: those of KV, of objects and of tokens."""
    month = "1" if hour == JANUARY_31 else "2"
    sample = {"labels": f'{{month="{month}"}}', "value": 3}
    return {"expr": f"count by (month) ({TOTALS})", "eval_time": f"{hour}h", "exp_samples": [sample]}


@pytest.fixture(scope="module")
def failures(production: Compiled, promtool: Promtool, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What promtool says of the months, with a sample and an evaluation each hour."""
    folder = tmp_path_factory.mktemp("months")
    files = ("recorded-prices", "recorded-ai", "recorded-api", "recorded-storage", "recorded-cost")
    texts = (production.texts[f"prometheus/rules/{file}.yaml"] for file in files)
    groups, needed = [group for text in texts for group in yaml.safe_load(text)["groups"]], [TO_DATE, FORECAST]
    recorded = needed_rules(groups, [*needed, OF_TENANT, FORECAST_OF_TENANT])
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": recorded}), encoding="utf-8")
    counts = {name: [count] * DAYS for name, count in PER_HOUR.items()} | {TOKENS: [EVEN, ODD] * (DAYS // 2) + [EVEN]}
    series = [
        {"series": f'{name[:-1]},platform="production"}}', "values": hourly(of_day)} for name, of_day in counts.items()
    ]
    expectations = [
        *(expectation(hour, series, f'product="{product}"', each) for (hour, series, product), each in BILL.items()),
        *(expectation(hour, series, 'tenant_id="a"', each) for (hour, series), each in COST_OF_TENANT.items()),
        *(totals(hour) for hour in (JANUARY_31, FEBRUARY_10)),
    ]
    test = {"name": "months", "interval": "1h", "input_series": series, "promql_expr_test": expectations}
    document = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1h",
        "group_eval_order": [group["name"] for group in recorded],
        "tests": [test],
    }
    (folder / "months.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    (result,) = promtool.test_rules([folder / "months.yaml"]).results
    return "\n".join(result.failures)


def test_the_bill_of_a_month_is_that_of_the_invoice(failures: str) -> None:
    """Within half a percent, of each product and of all: a unit that shares an included amount is charged its part of
    it, and that of a day is lost with the day. Tenants are charged list prices, and a month begins with nothing."""
    assert failures == ""
