"""What is to be made of problems: how much each kind weighs, and which are known.

A severity that was set for a code holds whatever else is said; `strict` then makes an error of
every other warning. Problems that stand in a baseline (`baseline.py`) are known and told no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problem, SourceError

OFF = "off"
LEVELS = (*(severity.value for severity in Severity), OFF)


@dataclass(frozen=True, slots=True)
class Policy:
    """How problems are weighed: `Policy(severity={"end-unknown": "error"}, strict=True)`.

    `severity` gives codes another severity, or "off". `strict` makes an error of every warning.
    `baseline` names a file of known problems; None takes `baseline.csv` beside the tables where it
    is there, False none. `stubs` makes a marked entity of an id that no entity has, where otherwise
    the relation that names it is left out.

    Raises SourceError where a code or a severity does not exist or may not be set.
    """

    severity: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    baseline: str | Path | bool | None = None
    stubs: bool = False

    def __post_init__(self) -> None:
        for code, level in self.severity.items():
            if code not in CODES:
                raise SourceError(f"There is no problem '{code}'{_nearest(code)}.")
            if level not in LEVELS:
                known = ", ".join(LEVELS)
                raise SourceError(f"There is no severity '{level}' for {code}; there are {known}.")
            if CODES[code].fixed:
                raise SourceError(
                    f"The severity of {code} cannot be changed: past it, nothing can be read."
                )

    def weighed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems at the severity they have here, without those that are off."""
        return [told for found in problems if (told := self._weighed(found))]

    def _weighed(self, found: Problem) -> Problem | None:
        level = self.severity.get(found.code)
        if level == OFF:
            return None
        if level is not None:
            return replace(found, severity=Severity(level))
        if self.strict and found.severity is Severity.WARNING:
            return replace(found, severity=Severity.ERROR)
        return found


def _nearest(code: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - wanted where a code is misspelt only

    near = get_close_matches(code, CODES, n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""
