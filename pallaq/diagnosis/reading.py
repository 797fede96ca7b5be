"""From a study's folder and a data file to a diagnosis, without a database."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from pallaq.diagnosis.statistics import diagnose
from pallaq.report.rules.document import DataInfo, Document
from pallaq.shared.tabular import read_table
from pallaq.study.rules.dataset import Dataset, check_dataset
from pallaq.study.rules.definition import Study
from pallaq.study.rules.loading import load_study

STUDY_FILES = ("*.yaml", "*.csv")
Step = Callable[[str], None]


def diagnose_file(folder: Path, path: Path, by: tuple[str, ...] = (), step: Step = lambda _: None) -> Document:
    """Return the diagnosis of a data file by the study in a folder; Problems when either is wrong.

    `by` names further codebook variables to estimate by; `step` hears what is being done.
    """
    step("read")
    study = load_study(folder).with_breakdowns(by)
    dataset = check_dataset(study, read_table(path))
    data = DataInfo(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), dataset.rows)
    step("estimate")
    return diagnose_dataset(study, dataset, data, sha256_of_study(folder))


def diagnose_dataset(study: Study, dataset: Dataset, data: DataInfo, study_sha256: str) -> Document:
    """Return the diagnosis of a checked dataset."""
    return diagnose(study, dataset.table, data, study_sha256, synthetic=dataset.synthetic, warnings=dataset.warnings)


def sha256_of_study(folder: Path) -> str:
    """Return one digest over the study's own files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in STUDY_FILES for path in folder.glob(pattern)):
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
