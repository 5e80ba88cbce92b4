"""Bars in a terminal: what is going on, how far it has come, how many bytes, and the time left."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from clustergraph import progress
from clustergraph.progress import Stage

_A_SECOND = 4  # how often all is drawn
_AS_BEFORE = 3600.0  # seconds, of whose speed the time left is told


@contextmanager
def bars(what: str) -> Iterator[None]:
    """Show on standard error what goes on in the block; at its end nothing of it stays."""
    with Bars(what) as shown, progress.watching(shown.stage):
        yield


class _Size(ProgressColumn):
    """The bytes of a stage so far."""

    def __init__(self, stages: Mapping[TaskID, Stage]) -> None:
        self._stages = stages
        super().__init__()

    def render(self, task: Task) -> Text:
        stage = self._stages.get(task.id)
        return Text(decimal(stage.size()) if stage else "", style="progress.filesize")


class Bars(Progress):
    """A line for the work in the block; while a stage lasts, a bar for that instead."""

    def __init__(self, what: str) -> None:
        self._stages: dict[TaskID, Stage] = {}
        super().__init__(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            _Size(self._stages),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=Console(stderr=True),
            transient=True,
            refresh_per_second=_A_SECOND,
            speed_estimate_period=_AS_BEFORE,
        )
        self._whole = self.add_task(what, total=None)

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Show a stage for as long as the block lasts."""
        task = self.add_task(stage.what, total=1.0)
        self._stages[task] = stage
        self.update(self._whole, visible=False)
        try:
            yield
        finally:
            del self._stages[task]
            self.remove_task(task)
            self.update(self._whole, visible=not self._stages)

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return what is drawn now: each stage is asked how far it is."""
        for task, stage in list(self._stages.items()):
            self.update(task, completed=stage.share())
        return super().get_renderables()
