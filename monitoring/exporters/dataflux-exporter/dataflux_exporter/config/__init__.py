"""The configuration: YAML with line numbers, checked by a JSON Schema and across collectors, then frozen."""
