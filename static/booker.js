// Improves the widgets of booker_components, which all work without it. Listens on document, once per behaviour.
// This is what a page needs until somebody touches it; then steps.js comes, and htmx.
(() => {
  "use strict";

  const SCRIPT = document.currentScript, { bkHtmx: HTMX, bkCss: CSS } = SCRIPT.dataset;
  const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
  let live, loading, ready;

  const on = (names, act, capture) => names.split(" ").forEach((name) => document.addEventListener(name, act, capture));
  const widgetOf = (event) => event.target.closest?.("[data-bk]");
  const stop = (event) => (event.preventDefault(), event.stopPropagation());
  const ownPage = () => "bkPage" in document.body.dataset;
  const find = (selector) => document.querySelector(selector);

  function say(text) {
    if (!live.isConnected) document.body.append(live); // htmx replaces all of a page for Back
    live.textContent = text || "";
  }

  // --- loading

  const add = (name, what, put) => new Promise((done) => {
    put(Object.assign(document.createElement(name), what, { onload: done, onerror: done }));
  });
  const script = (src) => add("script", { src }, (each) => document.head.append(each));
  const near = (name) => new URL(name, SCRIPT.src);

  // A page of our own has begun with a part of the style sheet. Without the rest, forms and links are what they are.
  // So are they where it does not come in ten seconds.
  const rest = () => loading ||= Promise.race([Promise.all([
    import(near("steps.js")),
    HTMX && !window.htmx && script(HTMX),
    CSS && add("link", { rel: "stylesheet", href: CSS }, (each) => SCRIPT.before(each)),
  ]), new Promise((_, give) => setTimeout(give, 10000))]).then(([steps]) => steps.begin({ ZONE, on, widgetOf, stop, ownPage, say, read, put }))
    .catch(() => {}).then(() => { ready = true; });

  // A shell is filled once it is near.
  const shells = new IntersectionObserver((all) => {
    if (!all.some((each) => each.isIntersecting)) return;
    shells.disconnect();
    rest();
  }, { rootMargin: "400px" });

  on("pointerover focusin", (event) => { if (widgetOf(event)) rest(); });

  // What is pressed before it is all there is pressed once it is.
  on("submit", (event) => {
    const { target, submitter } = event;
    if (!ready && widgetOf(event)) stop(event), rest().then(() => target.requestSubmit(submitter));
  }, true);

  // --- days: the times of a month are in the page

  on("click", (event) => {
    const step = event.target.closest?.("[data-bk-go], [data-bk-day], .bk-times__list a");
    if (!step || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const date = "bkDay" in step.dataset && read(step).get("date");
    const panel = date && document.getElementById(`${widgetOf(event).id}-${date}`);
    if (panel) stop(event), show(step, panel, date);
    else if (!ready && step.href) stop(event), rest().then(() => step.click());
  }, true);

  function show(step, panel, date) {
    const widget = step.closest("[data-bk]");
    for (const each of panel.parentElement.children) each.hidden = each !== panel;
    widget.querySelector("[data-bk-day][aria-current]")?.removeAttribute("aria-current");
    step.setAttribute("aria-current", "date");
    widget.querySelectorAll("[data-bk-keep]").forEach((each) => put(each, "date", date));
    if (step.href && ownPage()) history.replaceState(history.state, "", step.href);
    panel.querySelector("[tabindex]").focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
    say(step.getAttribute("aria-label"));
  }

  const read = (step) => new URLSearchParams(step.href ? step.search : step.value);

  // Writes what the server does not know, such as a day that was shown without it, into a link, button or form.
  function put(each, name, value) {
    if (each.elements) {
      if (!each.elements[name]) each.insertAdjacentHTML("beforeend", `<input type="hidden" name="${name}">`);
      each.elements[name].value = value;
      return;
    }
    const state = read(each);
    value ? state.set(name, value) : state.delete(name);
    each[each.href ? "search" : "value"] = state;
  }

  // --- beginning

  const stored = () => { try { return sessionStorage["bk:hold"] || sessionStorage["bk:sent"]; } catch { return ""; } };

  function begin() {
    live = document.createElement("div");
    live.className = "bk-live";
    live.setAttribute("role", "status");
    say();
    find('[data-bk-focus="load"]')?.focus();
    document.querySelectorAll('[data-bk="shell"]').forEach((each) => shells.observe(each));
    find("[data-bk-leave]")?.click();
    if (window !== top && ownPage()) script(near("../../frame.js"));
    if (find(`.bk-form, [data-bk-zones], [data-bk-zone]:not([data-bk-zone="${ZONE}"])`) || stored()) rest();
  }

  // Turbo brings a page's scripts once the page is there.
  if (document.readyState === "complete") begin();
  else on("DOMContentLoaded", begin);
})();
