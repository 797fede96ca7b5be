"""Design-based estimates and gaps between groups of a survey, from one GROUP BY."""
