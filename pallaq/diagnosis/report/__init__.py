"""What a diagnosis leaves on disk: figures, report, charts and provenance, and the check that they say the same."""
