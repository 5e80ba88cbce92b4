"""A standalone Spark cluster of this machine alone: a master and workers, each its own process."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Self

_ADDRESS = re.compile(r"Starting Spark master at (spark://\S+)")
_READY = re.compile("Successfully registered with master")
# Small tables need no compiler; what is compiled once would never be used again.
CONFIGURATION = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.memory": "512m",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def missing() -> str | None:
    """Return why there can be no cluster here, if so."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed"
    if not ("JAVA_HOME" in os.environ or shutil.which("java")):
        return "there is no Java (apt-get install openjdk-17-jre-headless)"
    return None


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Return what a program needs that runs on the cluster with these settings, kept in a folder.

    Its workers have no Python.
    """
    text = "".join(f"{name} {value}\n" for name, value in settings.items())
    (folder / "spark-defaults.conf").write_text(text)
    return {
        "PYSPARK_PYTHON": str(folder / "no-python"),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


class Cluster:
    """A master with two workers of one processor each: `with Cluster(folder) as cluster`."""

    def __init__(self, folder: Path, *, memory: str = "512m") -> None:
        self.folder = folder
        self.memory = memory  # of an executor; its worker's own is besides
        self.workers: list[subprocess.Popen[bytes]] = []
        self._every: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            place = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
            self._start("master.Master", *place)
            self.master = self._told(0, _ADDRESS)
            self.add(2)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, count: int = 1) -> None:
        """Start more workers, and wait until the master knows them."""
        place = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        size = ("--cores", "1", "--memory", self.memory, "--work-dir", str(self.folder / "work"))
        first = len(self._every)
        for _ in range(count):
            self.workers.append(self._start("worker.Worker", *place, *size, self.master))
        for number in range(first, first + count):
            self._told(number, _READY)

    def kill(self) -> None:
        """Kill the last worker and all that runs under it, as when a machine is lost."""
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def close(self) -> None:
        """End every process."""
        for process in self._every:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        with self._log(len(self._every)).open("wb") as out:
            process = subprocess.Popen(
                [home / "bin" / "spark-class", f"org.apache.spark.deploy.{kind}", *words],
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={
                    **os.environ,
                    "SPARK_HOME": str(home),
                    "SPARK_LOCAL_IP": "127.0.0.1",
                    "SPARK_DAEMON_MEMORY": "256m",
                    "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                },
            )
        self._every.append(process)
        return process

    def _told(self, number: int, pattern: re.Pattern[str]) -> str:
        """Wait until a process has said something, and return it."""
        log, process = self._log(number), self._every[number]
        while process.poll() is None:
            if found := pattern.search(log.read_text(errors="replace")):
                return found[found.re.groups]
            time.sleep(0.1)
        raise RuntimeError(log.read_text(errors="replace"))

    def _log(self, number: int) -> Path:
        return self.folder / f"{number}.log"
