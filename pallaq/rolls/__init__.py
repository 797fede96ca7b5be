"""Official lists brought into the registry: a preview with errors by row, then an import that survives being killed."""
