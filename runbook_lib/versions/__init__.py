"""Version discovery: which versions there are, which may be used, and for how long they are supported."""

from runbook_lib.versions.discovery import Discovery, EngineVersion, Verdict, discover, judge

__all__ = ["Discovery", "EngineVersion", "Verdict", "discover", "judge"]
