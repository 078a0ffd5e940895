"""What was measured on, in one line."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def described(*databases: str) -> str:
    """System, processor, cores, Python and databases, and how busy it was a minute ago until now."""
    return (
        f"{platform.system()} {platform.release()}, {_processor()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {', '.join(databases)}; load {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    """As Linux calls it; elsewhere what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
