"""Finding the browsers of the browser tests, and installing those that are not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Playwright


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A browser that Playwright drives: the system's, else the one that Playwright installs for itself."""

    #: As Playwright calls it.
    name: str
    #: Names of programs, the best one first.
    programs: tuple[str, ...]
    #: Packages of Debian, of which one is enough.
    packages: tuple[str, ...]
    #: How the system's is started.
    options: dict[str, Any]

    def find(self) -> str | None:
        """Give the path of the system's, or None."""
        return next(filter(None, map(shutil.which, self.programs)), None)

    def available(self) -> str | None:
        """Give the path of the system's, else of Playwright's own, or None."""
        if path := self.find():
            return path
        # Playwright takes its time to import, and most machines have browsers of their own.
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = self._type(playwright).executable_path
        return path if Path(path).exists() else None

    def launch(self, playwright: Playwright) -> Browser:
        """Start it; fails where there is none."""
        if path := self.find():
            return self._type(playwright).launch(executable_path=path, **self.options)
        return self._type(playwright).launch()

    def install(self) -> str | None:
        """Install it by Playwright or, as root, by apt-get; give its path, or None if both failed."""
        # "install --with-deps" would install a hundred packages before it learns that it cannot download.
        if _runs(sys.executable, "-m", "playwright", "install", self.name):
            _runs(sys.executable, "-m", "playwright", "install-deps", self.name)
        else:
            # The second only where the first is not to be had.
            any(_apt(package) for package in self.packages)
        return self.available()

    @property
    def remedy(self) -> str:
        """What to do where it can be neither found nor installed."""
        names = {"chromium": "Chromium or Google Chrome", "firefox": "Firefox"}
        return (
            f"The browser tests need {names[self.name]} and none could be installed: install one, "
            f"for example by 'apt-get install {self.packages[-1]}', and run 'make test' again."
        )

    def _type(self, playwright: Playwright) -> BrowserType:
        found: BrowserType = getattr(playwright, self.name)
        return found


#: The headless shell comes first: it draws no windows, and opens a profile in a quarter of the time.
CHROMIUM = Kind(
    name="chromium",
    programs=(
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ),
    packages=("chromium-headless-shell", "chromium"),
    options={"args": ["--no-sandbox"]},
)
#: Over WebDriver BiDi, which any Firefox speaks; Playwright's own patched one needs no channel.
FIREFOX = Kind(
    name="firefox",
    programs=("firefox-esr",),
    packages=("firefox-esr",),
    options={
        "channel": "moz-firefox",
        "firefox_user_prefs": {
            # What contexts ask for does not reach it.
            "ui.prefersReducedMotion": 1,
            # Playwright neither notices pages that come back from memory, nor reaches into frames of other
            # sites while those are processes of their own.
            "browser.sessionhistory.max_total_viewers": 0,
            "fission.webContentIsolationStrategy": 0,
        },
    },
)
KINDS = {each.name: each for each in (CHROMIUM, FIREFOX)}

NO_WEBKIT = (
    "Not in WebKit: WebKitWebDriver or Xvfb is missing, and could not be installed. On Debian: "
    "apt-get install webkit2gtk-driver xvfb"
)


def webkit() -> str | None:
    """Give the path of WebKitGTK's driver, or None where it or a screen for it is missing."""
    return shutil.which("Xvfb") and shutil.which("WebKitWebDriver")


def _install_webkit() -> str | None:
    _apt("webkit2gtk-driver", "xvfb")
    return webkit()


def _apt(*packages: str) -> bool:
    """Install Debian's packages, as root, and tell whether it could be done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return _runs("apt-get", "update", "--quiet") and _runs(
        "apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages
    )


def _runs(*command: str) -> bool:
    """Run *command* and tell whether it succeeded."""
    print("$", " ".join(command), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, env=environment).returncode == 0


def _report(name: str, path: str | None, remedy: str) -> bool:
    print(f"Browser for the tests: {path}" if path else remedy, flush=True)
    return path is not None


def main() -> int:
    """Find or install every browser and say which; WebKit alone may be missing."""
    found = [_report(each.name, each.available() or each.install(), each.remedy) for each in KINDS.values()]
    _report("webkit", webkit() or _install_webkit(), NO_WEBKIT)
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
