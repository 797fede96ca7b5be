"""A study as data: profiles, regions, sample, design, codebook; its datasets, releases and members."""
