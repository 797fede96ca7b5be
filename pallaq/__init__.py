"""Pallaq: gender diagnosis, action plan and registry for artisanal gold mining."""

__version__ = "0.1.0"
