// Improves the widgets of booker_components, which all work without it. Listens on document, once per behaviour.
(() => {
  "use strict";

  const HTMX = document.currentScript.dataset.bkHtmx;
  const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const waiting = new Map(); // widget -> what it waits for, see wait()
  const proposed = new Set(); // ids of the widgets for which the browser's zone was proposed
  const zones = new WeakMap(); // select -> all its options
  let keyed = false; // whether the last touch was a key
  let live;

  const widgets = () => document.querySelectorAll("[data-bk]");
  const widgetOf = (event) => event.target.closest?.("[data-bk]");
  const stop = (event) => (event.preventDefault(), event.stopPropagation());
  const within = (widget, id) => widget.querySelector(`[id="${id}"]`);
  const isBooking = (widget) => widget?.dataset.bk === "booking";
  const ownPage = () => "bkPage" in document.body.dataset;

  function say(text) {
    if (!live.isConnected) document.body.append(live); // htmx replaces all of a page for Back
    live.textContent = text || "";
  }

  // --- asking the server

  // `url`: where a link led to; `zone`: another zone was chosen, if `quiet` by us; `sent`: answers were sent.
  function wait(widget, what) {
    waiting.set(widget, what);
    widget.setAttribute("aria-busy", "true");
  }

  function free(widget) {
    waiting.delete(widget);
    widget.removeAttribute("aria-busy");
    widget.querySelectorAll("[aria-disabled]").forEach((each) => each.removeAttribute("aria-disabled"));
  }

  // Tells whether the widget waits. After a quiet wait, of which the guest knows nothing, *step* is taken.
  function later(widget, step) {
    const what = waiting.get(widget);
    if (what?.quiet) what.next = step;
    return Boolean(what);
  }

  function load(widget, url, what) {
    wait(widget, { url, ...what });
    if (!window.htmx) location.assign(url);
    else htmx.ajax("GET", url, { source: widget, target: widget, swap: "outerHTML" })?.catch?.(() => {});
  }

  function failed(widget) {
    const { quiet, sent, next } = waiting.get(widget);
    free(widget);
    if (sent) settle(false);
    if (quiet) return next?.(widget);
    warn(widget, widget.dataset.bkFailed, "alert").scrollIntoView({ block: "nearest" });
  }

  function warn(widget, text, role) {
    widget.querySelector("[data-bk-failure]")?.remove();
    const alert = document.createElement("div");
    alert.className = "bk-alert";
    alert.dataset.bkFailure = "";
    if (role) alert.setAttribute("role", role);
    widget.firstElementChild.prepend(alert);
    alert.textContent = text;
    return alert;
  }

  // What is not a widget, such as a proxy's error page, never takes a widget's place.
  function guard(event) {
    const widget = widgetOf(event), what = waiting.get(widget);
    if (!what) return;
    what.inside = widget.contains(document.activeElement);
    const { detail } = event;
    if (/\sdata-bk="/.test(detail.ctx ? detail.ctx.text : detail.serverResponse)) {
      detail.shouldSwap = true; // htmx 2 would drop 4xx
      detail.isError = false;
      detail.selectOverride = "[data-bk]"; // whatever a host selects
      return;
    }
    event.preventDefault();
    if (what.url && !what.quiet) location.assign(what.url);
    else failed(widget);
  }

  function swapped() {
    const gone = [...waiting].find(([widget]) => !widget.isConnected);
    const fresh = [...widgets()].filter(prepare);
    if (gone) waiting.delete(gone[0]);
    if (gone && fresh.length) arrive(fresh[0], ...gone);
    if (fresh.length) holdAny() || freed(!gone && fresh[0]);
  }

  // Moves the focus to the news of a widget that has just come in another's place, and tells it.
  function arrive(widget, old, { quiet, zone, sent, next, inside }) {
    const reading = zone && widget.querySelector(".bk-zone__current, .bk-facts__item--chosen");
    const fresh = widget.querySelector("[data-bk-focus]"), news = reading || fresh;
    if (!quiet) news?.focus();
    else if (inside && !next && document.activeElement === document.body) fresh?.focus();
    say(news?.querySelector("[role=alert]") ? "" : news?.textContent); // an alert tells itself
    entitle(widget, old);
    if (sent) settle(isBooking(widget) || widget.querySelector("[data-bk-leave]"));
    if (next) setTimeout(next, 0, widget); // htmx has yet to note the address
  }

  // A page of our own is about its widget; while that is about the same, the server's title stands.
  function entitle(widget, old) {
    if (!ownPage()) return;
    const [name, former] = [widget, old].map((each) => within(each, `${old.id}-title`)?.textContent);
    const title = name && name !== former ? name : document.title.replace(/^Error: /, "");
    document.title = (widget.querySelector(".bk-problems, .bk-alert") ? "Error: " : "") + title;
  }

  // An answer that leads away to a page of the host's is no widget, but what was sent is done.
  function leads(event) {
    const { ctx, xhr } = event.detail;
    if (waiting.get(widgetOf(event))?.sent && (ctx ? ctx.hx.redirect : xhr.getResponseHeader("HX-Redirect"))) settle(true);
  }

  for (const name of ["htmx:after:request", "htmx:beforeOnLoad"]) document.addEventListener(name, leads);
  for (const name of ["htmx:before:swap", "htmx:beforeSwap"]) document.addEventListener(name, guard);
  for (const name of ["htmx:after:swap", "htmx:afterSwap"]) document.addEventListener(name, swapped);
  document.addEventListener("htmx:error", (event) => {
    const widget = widgetOf(event);
    if (waiting.has(widget)) failed(widget);
  });

  // --- links, days, forms

  document.addEventListener("click", (event) => {
    const step = event.target.closest?.("[data-bk-go], [data-bk-day]");
    if (!step || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const widget = widgetOf(event), day = step.dataset.bkDay, panel = document.getElementById(day);
    if (panel || step.href) stop(event);
    if (panel) showDay(step, panel), later(widget, (fresh) => fresh.querySelector(`[data-bk-day="${day}"]`)?.click());
    else if (step.href && !later(widget, (fresh) => repeat(fresh, step))) load(widget, step.href);
  }, true);

  // Takes a step of the widget that was there before, now in the browser's zone.
  function repeat(widget, step, form) {
    const again = step.cloneNode(true);
    if (again.href || again.name === "go") put(again, "tz", ZONE);
    if (again.href) return load(widget, again.href);
    again.hidden = true;
    within(widget, form)?.append(again);
    again.click();
  }

  function showDay(step, panel) {
    const widget = step.closest("[data-bk]");
    const date = new URLSearchParams(step.href?.split("?")[1] || step.value).get("date");
    for (const each of panel.parentElement.children) each.hidden = each !== panel;
    widget.querySelector("[data-bk-day][aria-current]")?.removeAttribute("aria-current");
    step.setAttribute("aria-current", "date");
    if (date) widget.querySelectorAll("[data-bk-keep]").forEach((each) => put(each, "date", date));
    if (step.href && ownPage()) history.replaceState(history.state, "", step.href);
    panel.querySelector("[tabindex]").focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
    say(step.getAttribute("aria-label"));
  }

  // Writes what the server does not know, such as a day that was shown without it, into a link, button or form.
  function put(each, name, value) {
    if (each.elements) {
      if (!each.elements[name]) each.insertAdjacentHTML("beforeend", `<input type="hidden" name="${name}">`);
      each.elements[name].value = value;
      return;
    }
    const [query, path] = (each.href || each.value).split("?").reverse();
    const state = new URLSearchParams(query);
    state.set(name, value);
    if (each.href) each.href = `${path}?${state}`;
    else each.value = state;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target, widget = widgetOf(event), { submitter } = event;
    if (!widget) return;
    const zone = "bkZone" in form.dataset && form.elements.tz.value, quiet = "bkQuiet" in form.dataset;
    delete form.dataset.bkQuiet;
    const step = (fresh) => (zone ? choose(zoneBox(fresh), zone) : repeat(fresh, submitter, form.id));
    if (later(widget, step)) return stop(event);
    if (form.getAttribute("method") === "get") return stop(event), load(widget, address(form), { quiet, zone });
    const sent = form.matches(".bk-form") && submitter?.name !== "go";
    if (sent && asking && !asking.over && form.matches("[data-bk-hold]")) return stop(event), sendHeld(form, submitter);
    submitter?.setAttribute("aria-disabled", "true");
    if (sent) store("sent", draftOf(widget) || "");
    if (sent && window !== top) put(form, "isEmbed", "true"); // htmx does not tell the server
    wait(widget, { quiet, zone, sent });
  }, true);

  function address(form) {
    const url = new URL(form.getAttribute("action"), location.href);
    for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  // --- time zones

  document.addEventListener("keydown", (event) => {
    keyed = true;
    const box = event.target.closest?.("[data-bk-zone]");
    if (event.key !== "Enter" || !box || event.target.type === "submit") return;
    event.preventDefault();
    if (box.elements.tz.value) box.requestSubmit();
  });
  document.addEventListener("pointerdown", () => { keyed = false; });
  document.addEventListener("change", (event) => {
    // With the arrow keys a list changes on every step: there Enter or the button sends it.
    if (event.target.name === "tz" && !keyed) event.target.closest("[data-bk-zone]")?.requestSubmit();
  });

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function filter(input) {
    const { tz } = input.form.elements;
    if (!zones.has(tz)) zones.set(tz, [...tz.options]);
    const words = fold(input.value).split(/\s+/), chosen = tz.value;
    const found = zones.get(tz).filter((each) => words.every((word) => fold(each.text + each.value).includes(word)));
    tz.replaceChildren(...found);
    tz.value = chosen;
    if (tz.selectedIndex < 0 && found.length) tz.selectedIndex = 0;
    const none = input.form.querySelector("[data-bk-none]");
    none.textContent = found.length ? "" : none.dataset.bkNone;
  }

  const zoneBox = (widget) => widget.querySelector("[data-bk-zone]");

  function choose(box, zone) {
    if (!box) return;
    const { tz } = box.elements;
    tz.value = zone;
    // Browsers know some zones by older names, which are no options.
    if (tz.value !== zone) tz.add(new Option(zone, zone, true, true));
    htmx.process(box); // a host's htmx may not have come to it yet
    box.requestSubmit();
  }

  function proposeZone(widget) {
    if (!ZONE || ZONE === "Etc/Unknown" || !window.htmx || waiting.has(widget) || proposed.has(widget.id)) return;
    proposed.add(widget.id);
    const box = zoneBox(widget), { slot, tz } = widget.querySelector(".bk-form")?.elements || {};
    if (box?.dataset.bkZone === "default" && box.elements.tz.value !== ZONE) {
      box.dataset.bkQuiet = "";
      choose(box, ZONE);
    } else if (slot && !tz && /[?&]slot=/.test(location.search)) {
      const url = `${location.pathname}${location.search}&tz=${encodeURIComponent(ZONE)}`;
      load(widget, url, { quiet: true, zone: true });
    }
  }

  // --- drafts: what was typed survives the browser's Back, until it is sent

  const draftOf = ({ dataset }) => dataset.bkDraft && `${dataset.bk}:${dataset.bkDraft}`;
  const store = (key, value) => { try { sessionStorage[`bk:${key}`] = value; } catch { /* private window */ } };
  const stored = (key) => { try { return sessionStorage[`bk:${key}`]; } catch { return ""; } };
  const fields = (widget) => [...widget.querySelectorAll(".bk-form [name]")].filter((each) => !/hidden|submit/.test(each.type) && !each.readOnly && !each.disabled);
  const ticks = (each) => /radio|checkbox/.test(each.type);

  document.addEventListener("input", (event) => {
    if ("bkFilter" in event.target.dataset) return filter(event.target);
    const widget = widgetOf(event);
    if (event.target.name === "occurrences") count(widget, event.target);
    if (!widget || !draftOf(widget)) return;
    const typed = fields(widget).map((each) => [each.name, each.value, !ticks(each) || each.checked]);
    store(`draft:${draftOf(widget)}`, JSON.stringify(typed.filter((each) => each[2])));
  });

  function restore(widget) {
    const typed = JSON.parse(stored(`draft:${draftOf(widget)}`) || "[]"), all = fields(widget);
    const full = new Set(all.filter((each) => (ticks(each) ? each.checked : each.value)).map((each) => each.name));
    for (const each of all) {
      const found = typed.find(([name, value]) => name === each.name && (!ticks(each) || value === each.value));
      if (!found || full.has(each.name)) continue;
      if (ticks(each)) each.checked = true;
      else each.value = found[1];
    }
  }

  // The draft whose answers were sent last is dropped if they led to a booking; else it is still wanted.
  function settle(booked) {
    if (booked && stored("sent")) store(`draft:${stored("sent")}`, "");
    store("sent", "");
  }

  // --- series: the first dates, as many as are wanted

  function count(widget, { value, max }) {
    const wanted = Math.min(Math.max(value, 1), max), items = [...widget.querySelectorAll(".bk-dates__item")];
    const dates = items.filter((each) => !each.value), gone = items.filter((each) => each.value);
    const more = widget.querySelector("[data-bk-more]"), further = wanted - dates.length;
    dates.forEach((each, place) => { each.hidden = place >= wanted; });
    if (more) {
      more.hidden = further < 1;
      more.textContent = more.textContent.replace(/\d+/, Math.max(further, 1));
    }
    if (gone.length) leaveOut(widget.querySelector("[data-bk-gone]"), gone, wanted);
  }

  // What is not free, each with its place in the series, is left out as far as the guest sees it.
  function leaveOut(box, gone, wanted) {
    gone.forEach((each) => { each.hidden = each.firstElementChild.disabled = each.value > wanted; });
    const left = gone.filter((each) => !each.hidden).length, numbers = [left, wanted];
    const note = box.querySelector("span"), text = note.textContent.replace(/\d+/g, () => numbers.shift());
    box.hidden = !left;
    if (text !== note.textContent) say(left ? text : "");
    note.textContent = text;
  }

  // --- holds: the chosen time is kept for the guest while the form is on view

  let due = 0; // when the hold is to be renewed
  let soon; // the timer before asking: who goes on or back at once has asked for nothing
  let asking; // the answer that is on its way, whose token must be known before asking again, or sending

  const post = (url, pairs) => fetch(url, { method: "POST", body: new URLSearchParams(pairs) }).catch(() => {});
  const held = () => JSON.parse(stored("hold") || "[]"); // where to let go, and what to send there

  // Tells whether the widget has a form whose time can be kept; asks for that unless it was done.
  function hold(widget) {
    const form = widget.querySelector("[data-bk-hold]"), mine = form?.elements.hold;
    if (form && !(mine.value && Date.now() < due)) {
      clearTimeout(soon);
      soon = setTimeout(ask, 300, widget, form, mine);
    }
    return form;
  }

  async function ask(widget, form, mine) {
    if (asking || document.hidden || waiting.has(widget) || !form.isConnected) return;
    const url = new URL(form.dataset.bkHold, location.href);
    const pairs = () => [...form.querySelectorAll("[type=hidden]")].map((each) => [each.name, each.value])
      .filter(([name]) => /^(csrf_token|slot|hold)$/.test(name));
    let known;
    asking = new Promise((resolve) => known = resolve);
    const answer = await post(url, pairs()), told = await answer?.json().catch(() => {});
    asking = known();
    if (told?.hold) {
      mine.value = told.hold;
      store("hold", JSON.stringify([new URL("release", url), pairs()]));
      due = Date.now() + told.seconds * 1000;
      setTimeout(renew, told.seconds * 1000 + 100);
    } else if (told && answer.status === 409 && form.isConnected) {
      say(warn(widget, told.sentence).textContent);
    }
    if (!form.isConnected) await letGo(), holdAny();
  }

  // Without the token the guest's own hold would make the time seem taken; an answer that takes long is not waited for.
  async function sendHeld(form, submitter) {
    const mine = asking;
    if (mine.sending) return;
    mine.sending = true;
    await Promise.race([mine, new Promise((resolve) => setTimeout(resolve, 3000))]);
    mine.over = true;
    if (form.isConnected) form.requestSubmit(submitter);
  }

  const holdAny = () => [...widgets()].some(hold);
  const renew = () => document.hidden || Date.now() < due || holdAny();

  let lately; // the time that was let go last

  function letGo() {
    const [url, pairs] = held();
    store("hold", "");
    due = 0;
    if (url) lately = new URLSearchParams(pairs).get("slot");
    return url && post(url, pairs);
  }

  // What Back or Forward has asked for while a time was held shows that time as taken.
  async function freed(widget) {
    const seemsTaken = lately && new URLSearchParams(location.search).get("slot") === lately;
    const stale = (held()[0] || seemsTaken) && widget && ownPage();
    if (seemsTaken) lately = "";
    await letGo();
    if (stale && widget.isConnected && !waiting.has(widget)) load(widget, location.href, { quiet: true });
  }

  // A page is asked for anew before the hold of its last view is let go, so that its time may seem taken.
  async function heldBefore() {
    const seemsTaken = held()[0] && /[?&]slot=/.test(location.search) && !document.querySelector(".bk-form");
    await letGo();
    if (seemsTaken) location.reload();
    return seemsTaken;
  }

  document.addEventListener("visibilitychange", renew);
  window.addEventListener("pagehide", () => {
    const [url, pairs] = held();
    if (url) navigator.sendBeacon(url, new URLSearchParams(pairs));
  });

  // --- beginning

  function prepare(widget) {
    if (draftOf(widget)) restore(widget);
    widget.querySelectorAll("[data-bk-filter-box]").forEach((box) => {
      box.hidden = false;
      box.parentElement.elements.tz.size = 6;
    });
    const fresh = !widget.dataset.bkReady;
    widget.dataset.bkReady = "yes";
    if (fresh) widget.querySelector("[data-bk-leave]")?.click();
    return fresh;
  }

  function begin() {
    live = document.createElement("div");
    live.className = "bk-live";
    live.setAttribute("role", "status");
    say("");
    settle([...widgets()].some(isBooking));
    widgets().forEach(prepare);
    document.querySelector('[data-bk-focus="load"]')?.focus();
    const before = heldBefore();
    const ready = async () => {
      if (await before) return;
      widgets().forEach(proposeZone);
      holdAny();
    };
    if (window.htmx) return ready();
    if (!HTMX || !widgets().length) return;
    const script = document.createElement("script");
    script.src = HTMX;
    script.onload = ready;
    document.head.append(script);
  }

  document.addEventListener("DOMContentLoaded", begin);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) widgets().forEach(free), due = 0, holdAny();
  });
})();
