"""Pages of studies: their releases, uploads and roles."""
