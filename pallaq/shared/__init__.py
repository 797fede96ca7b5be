"""What every room needs and that knows nothing of mining: errors, audit, releases, tables, documents, charts."""
