"""What this room refuses."""

from pallaq.shared.errors import Problems, Refusal


class StudyProblems(Problems):
    """A study's files say something wrong; everything that is wrong, at once."""

    code = "study-problems"


class CannotReconstruct(Refusal):
    """The printed percentages of an indicator cannot be met, or a value is neither printed nor assumed."""

    code = "cannot-reconstruct"


class CannotWrite(Refusal):
    """A folder cannot be made or written into."""

    code = "cannot-write"
