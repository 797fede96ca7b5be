"""Duplicates in the registry: found at entry and in bulk, laid side by side, merged with a way back."""
