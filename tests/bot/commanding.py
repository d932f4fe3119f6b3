"""What a command left behind, and how tests call one; the fixture is in conftest.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Done(NamedTuple):
    """The exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


Program = Callable[..., Done]
