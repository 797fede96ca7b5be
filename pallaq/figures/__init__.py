"""Official statistics from frozen releases of the registry, through brecha and its disclosure control.

The way: `actions.freezing` writes one row a registration, without any name or number, to Parquet under one sha256;
`statistics` counts it with one GROUP BY and hides small cells, all tables together; the result is kept with the release
as one value, which every page, file and measure prints. People are reached only while freezing.
"""
