"""Default alerts that this platform does without."""

from alerts.storage import storage_errors_page
from generator.dsl.disabled import disabled

UNWANTED = disabled(storage_errors_page)
