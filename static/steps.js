// The steps of a widget: asking the server for the next one, forms, the list of time zones, and holds.
// booker.js loads this at the first touch, or where a page needs it at once, and shares what it knows by `core`.

const FRESH = 30000; // milliseconds for which a month that was asked for beforehand is shown
const waiting = new Map(); // widget -> what it waits for, see wait()
const proposed = new Set(); // ids of the widgets for which the browser's zone was proposed
const ahead = new Map(); // address -> the answer that was asked for beforehand
const zones = new WeakMap(); // select -> all its options
let keyed = false; // whether the last touch was a key
let live = false; // whether widgets that appear have been asked for
let ZONE, on, widgetOf, stop, ownPage, say, read, put;

const widgets = () => document.querySelectorAll("[data-bk]");
const within = (widget, id) => widget.querySelector(`[id="${id}"]`);
const isDone = (widget) => widget.dataset.bk === "booking" || widget.querySelector("[data-bk-leave]");

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
  fresh.forEach(foresee);
}

// Moves the focus to the news of a widget that has just come in another's place, and tells it.
function arrive(widget, old, { quiet, zone, sent, next, inside }) {
  const reading = zone && widget.querySelector(".bk-zone__current, .bk-facts__item--chosen");
  const fresh = widget.querySelector("[data-bk-focus]"), news = reading || fresh;
  if (!quiet) news?.focus();
  else if (inside && !next && document.activeElement === document.body) fresh?.focus();
  say(news?.querySelector("[role=alert]") ? "" : news?.textContent); // an alert tells itself
  entitle(widget, old);
  if (sent) settle(isDone(widget));
  if (next) setTimeout(next, 0, widget); // htmx has yet to note the address
}

// A page of our own is about its widget; while that is about the same, the server's title stands.
function entitle(widget, old) {
  if (!ownPage()) return;
  const [name, former] = [widget, old].map((each) => within(each, `${old.id}-title`)?.textContent);
  const [before, after] = wrongTitle(old), whole = document.title;
  const wrong = whole.startsWith(before) && whole.endsWith(after);
  const title = name && name !== former ? name : wrong ? whole.slice(before.length, whole.length - after.length) : whole;
  document.title = wrongTitle(widget).join(title);
}

// What stands before and after the title of a page that says what is wrong.
const wrongTitle = (widget) => (widget.querySelector("[data-bk-title]")?.dataset.bkTitle || "{}").split("{}");

// An answer that leads away to a page of the host's is no widget, but what was sent is done.
function leads(event) {
  const { ctx, xhr } = event.detail;
  if (waiting.get(widgetOf(event))?.sent && (ctx ? ctx.hx.redirect : xhr.getResponseHeader("HX-Redirect"))) settle(true);
}

// --- the next month, asked for before anybody turns to it, and shown if that is soon

function foresee(widget) {
  const { href } = widget.querySelector(".bk-calendar__turn a:last-child") || {};
  // Version 2 of htmx could not be given the answer.
  if (!href || ahead.has(href) || waiting.has(widget) || navigator.connection?.saveData || !/^4/.test(window.htmx?.version)) return;
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": widget.id, "HX-Current-URL": location.href, Purpose: "prefetch" };
  ahead.set(href, fetch(href, { headers, priority: "low" }).catch(() => {}));
  setTimeout(() => ahead.delete(href), FRESH);
}

function configure(event) {
  const { ctx } = event.detail, { url } = waiting.get(widgetOf(event)) || {};
  if (ctx && ahead.has(url)) ctx.fetch = async (...request) => {
    const early = await ahead.get(url);
    ahead.delete(url);
    return early?.ok ? early : fetch(...request);
  };
}

// --- links, days, forms

function click(event) {
  const step = event.target.closest?.("[data-bk-go], [data-bk-day], .bk-times__list a");
  if (!step || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const widget = widgetOf(event), day = read(step).get("date");
  if (event.defaultPrevented) return later(widget, (fresh) => dayOf(fresh, day)?.click()); // booker.js shows a day
  if (!step.href) return;
  stop(event);
  if (!later(widget, (fresh) => repeat(fresh, step))) load(widget, step.href);
}

const dayOf = (widget, day) => [...widget.querySelectorAll("[data-bk-day]")].find((each) => read(each).get("date") === day);

// Takes a step of the widget that was there before, now in the browser's zone.
function repeat(widget, step, form, what) {
  const again = step.cloneNode(true);
  if (again.href || again.name === "go") put(again, "tz", ZONE);
  if (again.href) return load(widget, again.href, what);
  again.hidden = true;
  within(widget, form)?.append(again);
  again.click();
}

function submit(event) {
  const form = event.target, widget = widgetOf(event), { submitter } = event;
  if (!widget || event.defaultPrevented) return;
  const zone = "bkZones" in form.dataset, quiet = "bkQuiet" in form.dataset;
  delete form.dataset.bkQuiet;
  if (later(widget, (fresh) => repeat(fresh, submitter, form.id))) return stop(event);
  if (form.getAttribute("method") === "get") return stop(event), load(widget, address(form), { zone });
  const sent = form.matches(".bk-form") && submitter?.name !== "go";
  if (sent && asking && !asking.over && form.matches("[data-bk-hold]")) return stop(event), sendHeld(form, submitter);
  if (sent && working.has(form)) return stop(event), sendWorked(form, submitter);
  submitter?.setAttribute("aria-disabled", "true");
  if (sent) store("sent", draftOf(widget) || "");
  if (sent && window !== top) put(form, "isEmbed", "true"); // htmx does not tell the server
  wait(widget, { quiet, zone: zone || quiet, sent });
}

function address(form) {
  const url = new URL(form.getAttribute("action"), location.href);
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, value);
  return url.href;
}

// --- time zones

function proposeZone(widget) {
  if (!ZONE || ZONE === "Etc/Unknown" || !window.htmx || waiting.has(widget) || proposed.has(widget.id)) return;
  proposed.add(widget.id);
  const link = widget.querySelector("[data-bk-zone]"), { slot, tz } = widget.querySelector(".bk-form")?.elements || {};
  const quietly = { quiet: true, zone: true };
  if (link && link.dataset.bkZone !== ZONE && !widget.querySelector("[data-bk-zones]")) {
    const step = link.cloneNode(true), form = link.form;
    put(step, "zones", "");
    if (form) form.dataset.bkQuiet = "", htmx.process(form); // a host's htmx may not have come to it yet
    repeat(widget, step, form?.id, quietly);
  } else if (slot && !tz && /[?&]slot=/.test(location.search)) {
    load(widget, `${location.pathname}${location.search}&tz=${encodeURIComponent(ZONE)}`, quietly);
  }
}

function keydown(event) {
  keyed = true;
  const box = event.target.closest?.("[data-bk-zones]");
  if (event.key !== "Enter" || !box || event.target.type === "submit") return;
  event.preventDefault();
  if (box.elements.tz.value) box.requestSubmit();
}

function change(event) {
  // With the arrow keys a list changes on every step: there Enter or the button sends it.
  if (event.target.name === "tz" && !keyed) event.target.closest("[data-bk-zones]")?.requestSubmit();
}

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

// --- drafts: what was typed survives the browser's Back, until it is sent

const draftOf = ({ dataset }) => dataset.bkDraft && `${dataset.bk}:${dataset.bkDraft}`;
const store = (key, value) => { try { sessionStorage[`bk:${key}`] = value; } catch { /* private window */ } };
const stored = (key) => { try { return sessionStorage[`bk:${key}`]; } catch { return ""; } };
const fields = (widget) => [...widget.querySelectorAll(".bk-form [name]")].filter((each) => !/hidden|submit/.test(each.type) && !each.readOnly && !each.disabled);
const ticks = (each) => /radio|checkbox/.test(each.type);

function input(event) {
  if ("bkFilter" in event.target.dataset) return filter(event.target);
  const widget = widgetOf(event);
  if (event.target.name === "occurrences") count(widget, event.target);
  if (!widget || !draftOf(widget)) return;
  const typed = fields(widget).map((each) => [each.name, each.value, !ticks(each) || each.checked]);
  store(`draft:${draftOf(widget)}`, JSON.stringify(typed.filter((each) => each[2])));
}

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

// --- work: what the host wants a browser to do before a form is sent, while the guest fills it in

const working = new WeakMap(); // form -> its answer, to come

function work(form) {
  const { bkWork: bits, bkStamp, bkFound } = form.dataset, worker = new Worker(new URL("work.js", import.meta.url));
  working.set(form, new Promise((done) => {
    worker.onmessage = ({ data }) => (put(form, bkFound, data), worker.terminate(), working.delete(form), done());
    worker.onerror = () => (working.delete(form), done());
  }));
  worker.postMessage({ stamp: form.elements[bkStamp].value, bits: Number(bits) });
}

function sendWorked(form, submitter) {
  const widget = widgetOf({ target: form });
  widget.setAttribute("aria-busy", "true");
  working.get(form).then(() => {
    widget.removeAttribute("aria-busy");
    if (form.isConnected) form.requestSubmit(submitter);
  });
}

// --- the guest's own calendar beside the times

const overlay = () => import("./overlay.js");

function offer(times) {
  const button = document.createElement("button"), foot = widgetOf({ target: times }).querySelector(".bk-calendar__foot");
  Object.assign(button, { type: "button", className: "bk-overlay__open", textContent: times.dataset.bkOverlay });
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => overlay().then(({ open }) => open(button)));
  foot.append(button);
  if (stored("overlay")) overlay();
}

// --- beginning

function prepare(widget) {
  if (draftOf(widget)) restore(widget);
  widget.querySelectorAll("[data-bk-filter-box]").forEach((box) => {
    box.hidden = false;
    box.parentElement.elements.tz.size = 6;
  });
  const fresh = !widget.dataset.bkReady;
  if (fresh) {
    widget.querySelectorAll("[data-bk-overlay]").forEach(offer);
    widget.querySelectorAll("[data-bk-work]").forEach(work);
  }
  widget.dataset.bkReady = "yes";
  if (fresh && live) widget.querySelector("[data-bk-leave]")?.click();
  return fresh;
}

// Goes on where booker.js has begun; with *core*, what that knows.
export async function begin(core) {
  ({ ZONE, on, widgetOf, stop, ownPage, say, read, put } = core);
  on("htmx:config:request", configure);
  on("htmx:after:request htmx:beforeOnLoad", leads);
  on("htmx:before:swap htmx:beforeSwap", guard);
  on("htmx:after:swap htmx:afterSwap", swapped);
  on("htmx:error", (event) => {
    const widget = widgetOf(event);
    if (waiting.has(widget)) failed(widget);
  });
  on("click", click, true);
  on("submit", submit, true);
  on("input", input);
  on("keydown", keydown);
  on("pointerdown", () => { keyed = false; });
  on("change", change);
  on("visibilitychange", renew);
  window.addEventListener("pagehide", () => {
    const [url, pairs] = held();
    if (url) navigator.sendBeacon(url, new URLSearchParams(pairs));
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) widgets().forEach(free), due = 0, holdAny();
  });
  settle([...widgets()].some((widget) => widget.dataset.bk === "booking"));
  widgets().forEach(prepare);
  live = true;
  await new Promise(setTimeout); // htmx begins so, too
  heldBefore().then((reloads) => reloads || start());
}

// A shell gives way to its booker, at once in the guest's zone.
function fill(widget) {
  if (widget.dataset.bk !== "shell" || !window.htmx || waiting.has(widget)) return;
  const url = new URL(widget.querySelector("a").href);
  url.searchParams.set("tz", ZONE);
  load(widget, url.href, { quiet: true });
}

function start() {
  widgets().forEach(fill);
  widgets().forEach(proposeZone);
  widgets().forEach(foresee);
  holdAny();
}
