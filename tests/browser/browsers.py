"""Finding the browser of the browser tests, and installing one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: The headless shell comes first: it draws no windows, and opens a profile in a quarter of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "The browser tests need Chromium or Google Chrome and none could be installed: install one, "
    "for example by 'apt-get install chromium', and run 'make test' again."
)


def find() -> str | None:
    """Give the path of the system's Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def bundled() -> str | None:
    """Give the path of the Chromium that Playwright has installed for itself, or None."""
    # Playwright takes its time to import, and most machines have a browser of their own.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Install a browser by Playwright or, as root, by apt-get; give its path, or None if both failed."""
    # "install --with-deps" would install a hundred packages before it learns that it cannot download.
    if _runs(sys.executable, "-m", "playwright", "install", "chromium"):
        _runs(sys.executable, "-m", "playwright", "install-deps", "chromium")
        return bundled()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _runs("apt-get", "update")
        command = ("apt-get", "install", "--yes", "--no-install-recommends")
        # The second only where the first is not to be had.
        any(_runs(*command, package) for package in NAMES[:2])
    return find()


def _runs(*command: str) -> bool:
    """Run *command* and tell whether it succeeded."""
    print("$", " ".join(command), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, env=environment).returncode == 0


def main() -> int:
    """Find or install a browser and say which; the exit status tells whether there is one."""
    browser = find() or bundled() or install()
    print(f"Browser for the tests: {browser}" if browser else REMEDY, flush=True)
    return 0 if browser else 1


if __name__ == "__main__":
    sys.exit(main())
