"""The platform's own numbers: `platform.yaml`, read strictly, checked by a schema and by laws, and frozen."""
