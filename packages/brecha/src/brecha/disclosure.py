"""Hiding small counts so that no margin gives them back."""
