"""The incidents over which `make backtest` replays the rules, and the alerts that are expected for each."""
