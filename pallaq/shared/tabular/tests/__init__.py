"""Tests of reading and writing tables, with real files."""
