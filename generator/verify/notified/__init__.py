"""Which notifications Alertmanager sends of the alerts that fire: inhibition, grouping, severities."""
