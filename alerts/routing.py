"""How Alertmanager routes the alerts: grouping, timing, urgency and inhibition. platform.yaml names the receivers."""

from alerts import cost, errors, latency, storage, telemetry
from contract.labels import ALERTNAME, MODEL, PRODUCT, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.alert import Alert
from generator.dsl.labels import Label
from generator.dsl.routing import Inhibition, Route, Routing
from generator.dsl.units import days, hours, minutes, seconds


def until_tickets_end(inhibitor: Alert, *equal: Label, also: tuple[Alert, ...] = ()) -> Inhibition:
    """The inhibition of the tickets that an inhibitor outlasts; `also` are those of another family that last as
    long."""
    reason = "Tickets of tenants last longer than what explains them, and nobody needs them after its end."
    return Inhibition(source=(inhibitor,), target=(*inhibitor.outlasts, *also), equal=equal, reason=reason)


ROUTING = Routing(
    # Each group is one incident, one ticket or one message.
    group_by=(ALERTNAME, ROUTE),
    page=Route(
        group_wait=seconds(15),
        group_interval=minutes(1),
        repeat_interval=hours(1),
        pagerduty_severity="critical",
        opsgenie_priority="P1",
    ),
    ticket=Route(
        # Longer than a page's, so that a page that inhibits the ticket arrives first.
        group_wait=minutes(2),
        group_interval=minutes(15),
        repeat_interval=days(1),
        pagerduty_severity="warning",
        opsgenie_priority="P3",
    ),
    watchdog=Route(
        group_wait=None,
        # Repeats are sent at the end of a group interval, or of the next one: within 90 seconds.
        group_interval=seconds(30),
        repeat_interval=minutes(1),
    ),
    default_family="telemetry",
    # A page of errors does not inhibit a tenant's ticket of latency: a slow tenant may have another cause. Nothing
    # inhibits TelemetryMissing, and only a page of the same tenant's or product's cost inhibits tickets of cost.
    inhibitions=(
        Inhibition(
            source=(errors.route_down,),
            target=(
                errors.tenant_high_error_rate,
                errors.route_high_error_rate,
                latency.tenant_high_latency,
                latency.route_high_latency,
                errors.error_budget_burn_page,
                errors.error_budget_burn_ticket,
            ),
            equal=(ROUTE, SERVICE),
            reason="A route that is down has errors, is slow because of time-outs and burns its error budget, for each "
            "of its tenants too.",
        ),
        Inhibition(
            source=(errors.route_high_error_rate,),
            target=(errors.error_budget_burn_page, errors.error_budget_burn_ticket),
            equal=(ROUTE, SERVICE),
            reason="A route with errors burns its error budget: one page is enough.",
        ),
        Inhibition(
            source=(errors.route_high_error_rate, errors.error_budget_burn_page),
            target=(errors.tenant_high_error_rate, errors.error_budget_burn_ticket),
            equal=(ROUTE, SERVICE),
            reason="A route with errors has them for its tenants, and burns its error budget over days too.",
        ),
        Inhibition(
            source=(telemetry.telemetry_missing,),
            target=(errors.requests_stopped,),
            equal=(SERVICE,),
            reason="Without telemetry of a service nobody knows whether it gets requests: one page is enough.",
        ),
        Inhibition(
            source=(latency.route_high_latency,),
            target=(latency.tenant_high_latency,),
            equal=(ROUTE, SERVICE),
            reason="A slow route is slow for its tenants.",
        ),
        Inhibition(
            source=(cost.high_ai_costs_page,),
            target=(cost.high_ai_costs_ticket, cost.ai_cost_forecast),
            equal=(TENANT,),
            reason="A tenant above its token budget is above the warning and the forecast too.",
        ),
        Inhibition(
            source=(cost.tenant_cost_page,),
            target=(cost.tenant_cost_ticket, cost.tenant_cost_forecast),
            equal=(TENANT,),
            reason="A tenant above its budget in dollars is above the warning and the forecast, too.",
        ),
        Inhibition(
            source=(cost.daily_cost_page,),
            target=(cost.daily_cost_ticket, cost.daily_cost_forecast),
            equal=(PRODUCT,),
            reason="A product above its budget of a day is above the warning and the forecast, too.",
        ),
        Inhibition(
            source=(cost.monthly_cost_page,),
            target=(cost.monthly_cost_ticket, cost.monthly_cost_forecast),
            equal=(PRODUCT,),
            reason="A product above its budget of the month is above the warning and the forecast, too.",
        ),
        Inhibition(
            source=(cost.tenant_monthly_cost_page,),
            target=(cost.tenant_monthly_cost_ticket, cost.tenant_monthly_cost_forecast),
            equal=(TENANT,),
            reason="A tenant above its budget of the month is above the warning and the forecast, too.",
        ),
        Inhibition(
            source=(cost.cost_runaway_page,),
            target=(cost.cost_runaway_ticket,),
            equal=(PRODUCT,),
            reason="A runaway above the threshold of the page is above that of the ticket.",
        ),
        Inhibition(
            source=(storage.storage_errors_page,),
            target=(storage.storage_errors_ticket,),
            equal=(STORE,),
            reason="A store above the threshold of the page is above that of the ticket.",
        ),
        Inhibition(
            source=(storage.storage_errors_page, storage.storage_errors_ticket),
            target=(storage.tenant_storage_errors,),
            equal=(STORE,),
            reason="A store that fails does so for its tenants.",
        ),
        Inhibition(
            source=(errors.high_ai_error_rate,),
            target=(errors.tenant_high_ai_error_rate,),
            equal=(MODEL,),
            reason="A model that fails does so for its tenants.",
        ),
        Inhibition(
            source=(errors.tenant_high_error_rate,),
            target=(errors.tenant_high_ai_error_rate, storage.tenant_storage_errors),
            equal=(TENANT,),
            reason="Requests that need a failing model or store fail, too: one ticket of a tenant is enough.",
        ),
        until_tickets_end(errors.route_down_inhibitor, ROUTE, SERVICE, also=(latency.tenant_high_latency,)),
        until_tickets_end(errors.route_errors_inhibitor, ROUTE, SERVICE),
        until_tickets_end(latency.route_latency_inhibitor, ROUTE, SERVICE),
        until_tickets_end(errors.model_errors_inhibitor, MODEL),
        until_tickets_end(storage.store_errors_inhibitor, STORE),
    ),
)
