"""A guest's keyboard: walking by Tab, where every stop must be seen, and what is announced on the way."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .visits import Visit

#: More stops than any page has between two things that a guest wants.
_FAR = 80

_HERE = "each => each === document.activeElement"
#: What has the focus: its name and whether that is seen, by a ring within the window.
_STOP = """() => {
  const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const within = box.width > 0 && box.top < innerHeight && box.bottom > 0;
  // Past its last stop a page has none.
  const end = here === document.body;
  const name = end ? "" : here.ariaLabel || (here.labels?.[0] || here).innerText || "";
  return { seen: end || (ring && within), name: name.replace(/\\s+/g, " ").trim(), html: here.outerHTML };
}"""
# What screen readers are told: what comes into a live region, and alerts that come as a whole.
_LISTEN = """
window.told = [];
new MutationObserver((records) => {
  for (const { target, addedNodes } of records) {
    const region = target.closest?.("[role=status]");
    if (region?.textContent) told.push(region.textContent.trim());
    for (const each of region ? [] : addedNodes) {
      const alerts = each.matches?.("[role=alert]") ? [each] : each.querySelectorAll?.("[role=alert]") || [];
      for (const alert of alerts) told.push(alert.textContent.trim());
    }
  }
}).observe(document, { childList: true, subtree: true });
"""


def listen(guest: Visit) -> None:
    """Note from the next page on what is announced, for `told`."""
    guest.page.add_init_script(_LISTEN)


def told(guest: Visit) -> list[str]:
    """Give what was announced since the page was loaded, or since this was asked last."""
    heard: list[str] = guest.page.evaluate("told.splice(0)")
    return [" ".join(each.split()) for each in heard]


def tab_to(guest: Visit, wanted: Locator, *, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab as *key*, until *wanted* has the focus; each stop on the way must show it."""
    for _ in range(_FAR):
        guest.page.keyboard.press(key)
        here = guest.page.evaluate(_STOP)
        assert here["seen"], here["html"]
        if wanted.evaluate(_HERE):
            return
    raise AssertionError(f"{_FAR} steps of {key} do not reach {wanted}.")


def press(guest: Visit, wanted: Locator, *, key: str = "Enter") -> None:
    """Go to *wanted* by Tab and press Enter, or *key*."""
    tab_to(guest, wanted)
    guest.page.keyboard.press(key)


def type_into(guest: Visit, label: str, text: str) -> None:
    """Go to a field by Tab and type into it, in place of what is there."""
    tab_to(guest, guest.page.get_by_label(label, exact=True))
    guest.page.keyboard.press("Control+A")
    guest.page.keyboard.type(text)


def stops(guest: Visit, count: int) -> list[str]:
    """Press Tab *count* times and give the names of what had the focus; each must show it."""
    names = []
    for _ in range(count):
        guest.page.keyboard.press("Tab")
        here = guest.page.evaluate(_STOP)
        assert here["seen"], here["html"]
        names.append(here["name"])
    return names


def arrive(guest: Visit, heading: str, *, scripts: bool = True) -> None:
    """Wait until the step with *heading* is there; with scripts the focus comes to it."""
    if scripts:
        expect(guest.heading(heading)).to_be_focused()
    else:
        expect(guest.heading(heading)).to_be_visible()
