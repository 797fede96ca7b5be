"""Official statistics from frozen releases of the registry, through brecha and its disclosure control."""
