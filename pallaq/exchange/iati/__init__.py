"""A plan as an IATI 2.03 activities file; what is written and what not is told in `data/iati-2.03/README.md`."""
