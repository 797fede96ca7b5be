"""The measures of every room, in one table; a room that offers some adds its line."""

from pallaq.following import measures as progress
from pallaq.shared.measures import Measure

MEASURES: tuple[Measure, ...] = (*progress.MEASURES,)
BY_NAME = {measure.name: measure for measure in MEASURES}
