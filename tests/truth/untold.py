"""Panels that are held against no truth, each with the reason; that they answer is tested all the same.

What no panel shows is not here: burn rates and their long windows are judged by stories and back-tests.
"""

ALERTING = "which alerts ought to fire is judged by stories and back-tests; the record holds what happened"

UNTOLD = {
    "overview/pages": ALERTING,
    "overview/tickets": ALERTING,
    "overview/firing_now": ALERTING,
    "overview/heartbeat_age": "the record holds no heartbeats: they are made of the clock as samples are written",
    "ai/forecast_against_budget": "it says what is to come if the last hour goes on, and nothing happened so",
}
