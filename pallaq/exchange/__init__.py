"""Plans as files: YAML and XLSX in, XLSX that can be read back, PDF, DOCX and IATI out, and the public page."""
