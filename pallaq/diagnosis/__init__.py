"""Runs brecha on a frozen release: estimates, gaps, report, verification."""
