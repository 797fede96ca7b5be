"""A small Spark cluster for the whole test session: two executors, each a process of its own, on loopback only."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EXECUTORS = 2
MEMORY = 512  # MiB of heap an executor, Spark's least; the driver has 1 GiB
# Short-lived JVMs start twice as fast without the second compiler.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
QUIET = """rootLogger.level = off
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n%ex
"""


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    """Start Spark's local-cluster when the first test asks for it; stop it, and leave nothing behind, at the end."""
    pyspark = pytest.importorskip("pyspark", reason="needs PySpark: make peers")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("needs Java 17: apt-get install openjdk-17-jre-headless")
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="brecha-spark-", dir="/tmp"))
    home = _home(folder, Path(pyspark.__file__).parent)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": f"{JAVA} -Djava.io.tmpdir={folder}",
        "spark.executor.memory": f"{MEMORY}m",
        "spark.executor.extraJavaOptions": f"{JAVA} -Djava.io.tmpdir={folder}",
        # No job starts before both executors have come.
        "spark.cores.max": str(EXECUTORS),
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
        "spark.sql.shuffle.partitions": str(EXECUTORS),
        # Else a data frame given to Spark goes row by row through Python, where ibis 12 loses whole numbers with nulls.
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_HOME", str(home))
        environment.setenv("SPARK_CONF_DIR", str(home / "conf"))
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        environment.setenv("SPARK_LOCAL_DIRS", str(folder / "local"))
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master(f"local-cluster[{EXECUTORS},1,{MEMORY}]").appName("brecha")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        _stop(session)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def spark(spark_session: Any) -> Any:
    """Return ibis's connection to the cluster."""
    import ibis

    return ibis.pyspark.connect(spark_session)


def _home(folder: Path, package: Path) -> Path:
    """Give Spark a home in `folder`: workers write their logs below it, and the package's is not theirs to write in."""
    home = folder / "home"
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "log4j2.properties").write_text(QUIET)
    for part in ("bin", "jars", "python"):
        (home / part).symlink_to(package / part)
    return home


def _stop(session: Any) -> None:
    """Stop the executors and the driver's JVM, which PySpark otherwise keeps until Python ends."""
    from pyspark import SparkContext

    session.stop()
    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(60)
    SparkContext._gateway = SparkContext._jvm = None
