"""Pure decisions about what became of a plan: scoring, lateness, the timeline."""
