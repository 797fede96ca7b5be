"""Regions, provinces and districts of Peru (INEI codes), mining centres, organisations."""
