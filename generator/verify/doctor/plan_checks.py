"""Whether the names of platform.yaml are those that are in use: models have prices, and overrides have tenants."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System


@live_check(
    "price-missing",
    FindingSeverity.WARNING,
    reads="the models that were called in the last 24 h",
    example="1 model in use has no price",
    hint="add it to `model_prices` in platform.yaml, by the price list of its provider, and build",
)
def price_missing(subject: Subject, system: System) -> Iterator[Observation]:
    """Every model that is called has a price.

    Its tokens cost nothing in every budget, forecast and panel.
    """
    models = sorted(system.prometheus.models - subject.platform.model_prices.keys())
    if models:
        count = f"{len(models)} models in use have" if len(models) > 1 else "1 model in use has"
        evidence = [Evidence(f'ai_requests_total{{model="{model}"}}', "called in the last 24 h") for model in models]
        yield Observation(f"{count} no price", evidence)


@live_check(
    "override-unused",
    FindingSeverity.WARNING,
    reads="the tenants that sent requests within the window of the SLO",
    example='tenant "acme-gmbh" of platform.yaml has sent no request',
    hint="correct the name under `tenants` in platform.yaml, or remove it",
)
def override_unused(subject: Subject, system: System) -> Iterator[Observation]:
    """Every tenant with a budget or a threshold of its own sends requests.

    A name that is spelt otherwise than the application does has its budget for nobody, and the real tenant gets the
    default.
    """
    tenants = system.prometheus.tenants
    days = subject.platform.availability.window.seconds // 86_400
    for name in subject.platform.tenants if tenants else ():
        if name in tenants:
            continue
        near = get_close_matches(name, sorted(tenants), n=1, cutoff=0.8)
        evidence = [Evidence(f'requests_total{{tenant_id="{name}"}}', f"no series in {days} days")]
        evidence += [Evidence(f'requests_total{{tenant_id="{each}"}}', "has series") for each in near]
        hint = f'is it "{near[0]}"? Correct the name under `tenants` in platform.yaml' if near else ""
        yield Observation(f'tenant "{name}" of platform.yaml has sent no request', evidence, hint)
