"""The measures of every room, in one table; a room that offers some adds its line."""

from pallaq.associations import measures as associations
from pallaq.figures import measures as figures
from pallaq.following import measures as progress
from pallaq.shared.measures import Measure

MEASURES: tuple[Measure, ...] = (*progress.MEASURES, *figures.MEASURES, *associations.MEASURES)
BY_NAME = {measure.name: measure for measure in MEASURES}
