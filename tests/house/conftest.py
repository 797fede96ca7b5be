"""What the house tests look at: the files of the repository, as git knows them."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Every file that git keeps, and those about to be added."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    return [root / name for name in names if (root / name).is_file()]


@pytest.fixture(scope="session")
def modules(tracked: list[Path]) -> list[Path]:
    """Every Python file but migrations, which Django writes."""
    return [path for path in tracked if path.suffix == ".py" and "migrations" not in path.parts]
