"""Version discovery: which versions there are, which may be used, and for how long they are supported."""

from runbook_lib.versions.discovery import Discovery, discover, judge
from runbook_lib.versions.support import EngineVersion, Verdict

__all__ = ["Discovery", "EngineVersion", "Verdict", "discover", "judge"]
