"""From a diagnosis to a baseline, and from the next survey to a change that is told from chance."""
