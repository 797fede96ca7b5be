"""A dataset held against its study: everything wrong in it at once, or its columns typed for analysis."""

from pallaq.study.rules.dataset.checking import Dataset, check_dataset

__all__ = ["Dataset", "check_dataset"]
