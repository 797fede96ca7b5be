"""Pages of plans: the chain, versions, indicators, seats, organisations."""
