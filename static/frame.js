// Tells the page around a frame what happens in it. Served as a call of this function: with a regular expression of
// the origins that may hear, and the address of dialects.js (web/embedding.py).
(allowed, dialects) => {
  "use strict";

  const DONE = { booker: "booked", reschedule: "rescheduled", cancel: "cancelled" };
  const root = document.documentElement, { style } = document.body;
  const tongues = []; // of other products
  let page; // the origin of the page around, once it has asked
  let asked; // how it wants to be told
  let height, grown = 0; // how often the page has grown without a touch of the guest
  let slot, told;

  const store = (value) => { try { sessionStorage["bk:done"] = value; } catch { /* blocked */ } };
  const stored = () => { try { return sessionStorage["bk:done"]; } catch { return ""; } };
  let sent = stored(); // the widget whose form was sent, until its answer is there

  const say = (message) => parent.postMessage(message, page);

  function tell(type, detail = {}) {
    say({ source: "booker", type, detail });
    tongues.forEach((speak) => speak(type, detail, asked.namespace || "").forEach(say));
  }

  function look() {
    const widget = document.querySelector("[data-bk]"), { bk: word, bkDraft: eventType, bkFacts: facts } = widget.dataset;
    const form = widget.querySelector(".bk-form"), start = form?.elements.slot?.value;
    if (start && start !== slot) fill(form), tell("slot-selected", { eventType, start });
    slot = start;
    if (facts && DONE[sent] && facts !== told) tell(DONE[sent], JSON.parse(told = facts));
    if (word === "notice" && widget.querySelector(".bk-badge--error, .bk-badge--warning")) {
      tell("failed", { message: widget.querySelector("h2").textContent });
    }
    store(sent = "");
    grown = 0;
  }

  // What the page around knows of the guest; what the guest has typed before comes first.
  function fill(form) {
    for (const each of form.elements) {
      const known = Object.hasOwn(asked.prefill, each.name) && asked.prefill[each.name];
      if (!known || each.type === "hidden" || each.readOnly) continue;
      if (/radio|checkbox/.test(each.type)) each.checked ||= known.split("\n").includes(each.value);
      else each.value ||= known;
    }
  }

  function measure() {
    const now = Math.ceil(root.getBoundingClientRect().height);
    // A layout that follows the height of its frame would grow for ever.
    if (now === height || (now > height && innerHeight >= height && ++grown > 9)) return;
    tell("height", { height: height = now });
  }

  async function begin() {
    const { theme } = asked, main = document.querySelector(".bk-page__main");
    if (theme) root.style.colorScheme = style.colorScheme = theme === "auto" ? "light dark" : theme;
    // The page around has its own background and margins, and the height of the frame is to follow its content.
    style.background = "none";
    style.minBlockSize = 0;
    style.setProperty("--bk-shadow", "none");
    if (main) Object.assign(main.style, { padding: 0, maxInlineSize: "none" });
    if (asked.dialects.length) {
      const known = await import(dialects);
      tongues.push(...asked.dialects.map((name) => known[name]).filter(Boolean));
    }
    const { bk: widget, bkDraft: eventType } = document.querySelector("[data-bk]").dataset;
    tell("ready", { widget });
    if (widget === "booker") tell("viewed", { eventType });
    look();
    new ResizeObserver(measure).observe(root);
    document.addEventListener("htmx:after:swap", look);
  }

  addEventListener("message", ({ source, origin, data }) => {
    if (page || source !== parent || data?.source !== "booker" || data.type !== "hello") return;
    if (origin !== location.origin && !new RegExp(allowed).test(origin)) return;
    page = origin;
    asked = data;
    begin();
  });

  document.addEventListener("submit", ({ target, submitter }) => {
    if (target.matches(".bk-form") && submitter?.name !== "go") store(sent = target.closest("[data-bk]").dataset.bk);
  }, true);
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { grown = 0; }, true);
  document.addEventListener("keydown", (event) => {
    if (page && event.key === "Escape" && !event.defaultPrevented) tell("close");
  });
  // Other sites, such as those of calendars, want no frame around them; what mails or calls has no host.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link?.host && link.origin !== location.origin && !link.target) link.target = "_blank";
  }, true);
}
