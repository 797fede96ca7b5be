"""Pure decisions of plans: periods, cells, units, the chain, compliance."""
