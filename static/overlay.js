// The guest's own busy times beside those on offer: read from a file or a link, and kept in this tab only.
// steps.js loads this when somebody asks for it, or has asked for it in this tab before.

const near = (name) => new URL(name, import.meta.url);
const MOST_EVENTS = 20000; // of all dates of all events, so that no calendar keeps the browser busy for long
const DAYS = 400 * 864e5;
const KEY = "bk:overlay";

const stored = () => { try { return JSON.parse(sessionStorage[KEY]); } catch { return null; } };
const store = (value) => { try { sessionStorage[KEY] = JSON.stringify(value); } catch { /* private window */ } };
const forget = () => { try { delete sessionStorage[KEY]; } catch { /* private window */ } };
const panelOf = (node) => node.closest?.("[data-bk-panel]");

// --- reading: ICAL is ical.js, of which only what is exported by name here is used

async function busyTimes(text) {
  const { default: ICAL } = await import(near("ical-2.2.1.min.js"));
  const calendar = new ICAL.Component(ICAL.parse(text));
  if (calendar.name !== "vcalendar") throw new Error("no calendar");
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const from = Date.now() - 864e5, until = from + DAYS, found = [];
  let left = MOST_EVENTS;
  for (const event of eventsOf(ICAL, calendar)) {
    if (!event.startDate) continue;
    for (const [start, end] of datesOf(event, until)) {
      if (!left--) return merged(found);
      if (end > from && end > start) found.push([start, end]);
    }
  }
  return merged(found);
}

// Every event with the dates that were moved by themselves, which are further events of the same uid.
function eventsOf(ICAL, calendar) {
  const all = calendar.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each)), byUid = new Map();
  for (const each of all) if (!each.isRecurrenceException()) byUid.set(each.uid, each);
  const events = [...byUid.values()];
  for (const each of all) {
    if (!each.isRecurrenceException()) continue;
    const whole = byUid.get(each.uid);
    if (whole) whole.relateException(each);
    else events.push(each);
  }
  return events;
}

const isBusy = ({ component }) =>
  component.getFirstPropertyValue("transp") !== "TRANSPARENT" && component.getFirstPropertyValue("status") !== "CANCELLED";
const span = (start, end) => [start.toJSDate().getTime(), end.toJSDate().getTime()];

function* datesOf(event, until) {
  if (!event.isRecurring()) {
    if (isBusy(event)) yield span(event.startDate, event.endDate);
    return;
  }
  const dates = event.iterator();
  for (let next = dates.next(); next && next.toJSDate() < until; next = dates.next()) {
    const { startDate, endDate, item } = event.getOccurrenceDetails(next);
    yield isBusy(item) ? span(startDate, endDate) : [0, 0];
  }
}

function merged(spans) {
  const whole = [];
  for (const [start, end] of spans.sort(([one], [other]) => one - other)) {
    const last = whole.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else whole.push([start, end]);
  }
  return whole;
}

// --- marking the times on view

const slotOf = (time) => Date.parse(new URLSearchParams((time.href || time.value).split("?").pop()).get("slot"));
const meets = (spans, start, end) => spans.some(([from, until]) => from < end && until > start);

function mark(root = document) {
  const { busy, words } = stored() || {};
  let count = 0;
  for (const time of root.querySelectorAll(".bk-times__list :is(a, button)")) {
    time.querySelector("[data-bk-clash]")?.remove();
    if (time.dataset.bkName) time.setAttribute("aria-label", time.dataset.bkName);
    const minutes = time.closest("[data-bk]").querySelector("[data-bk-minutes]")?.dataset.bkMinutes, start = slotOf(time);
    if (!busy || !minutes || !start || !meets(busy, start, start + minutes * 6e4)) continue;
    count += 1;
    const note = document.createElement("span");
    note.className = "bk-time__note bk-time__note--busy";
    note.dataset.bkClash = "";
    note.textContent = words.busy;
    time.append(" ", note);
    const name = time.dataset.bkName || time.getAttribute("aria-label");
    if (name) time.setAttribute("aria-label", `${(time.dataset.bkName = name)}, ${words.busy}`);
  }
  return count;
}

for (const name of ["htmx:after:swap", "htmx:afterSwap"]) document.addEventListener(name, () => mark());

// --- the panel

// Opens the panel after *button*, or closes it.
export async function open(button) {
  const widget = button.closest("[data-bk]"), shown = widget.querySelector("[data-bk-panel]");
  if (shown) return close(shown);
  const address = near("../../overlay");
  address.search = new URLSearchParams({ id: widget.id, lang: widget.lang });
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return;
  button.insertAdjacentHTML("afterend", await answer.text());
  const panel = button.nextElementSibling;
  button.setAttribute("aria-expanded", "true");
  panel.querySelector("[data-bk-forget]").hidden = !stored();
  panel.querySelector("[tabindex]").focus();
}

function close(panel) {
  const button = panel.previousElementSibling;
  button.setAttribute("aria-expanded", "false");
  button.focus();
  panel.remove();
}

function say(panel, text) {
  const live = document.querySelector(".bk-live");
  if (live) live.textContent = text;
  panel.querySelector(".bk-overlay__text").textContent = text;
}

function wrong(panel, text) {
  const line = panel.querySelector("[data-bk-wrong]");
  line.hidden = !text;
  line.textContent = text;
}

async function textOf(form) {
  const file = form.elements.file.files[0], link = form.elements.url?.value;
  if (file) return file.text();
  if (!link) throw new Error("nothing");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.ok) return answer.text();
  throw Object.assign(new Error("refused"), { sentence: (await answer.json().catch(() => ({}))).sentence });
}

async function compare(form) {
  const panel = panelOf(form), { bkBusy: busyWord, bkFree: free, bkMet: met, bkUnreadable, bkFailed } = panel.dataset;
  wrong(panel, "");
  panel.setAttribute("aria-busy", "true");
  try {
    const link = !form.elements.file.files.length;
    const text = await textOf(form);
    const busy = await busyTimes(text).catch(() => { throw Object.assign(new Error(), { sentence: link ? bkFailed : bkUnreadable }); });
    store({ busy, words: { busy: busyWord } });
    const count = mark();
    say(panel, count ? met.replace("{n}", count) : free);
    panel.querySelector("[data-bk-forget]").hidden = false;
  } catch (error) {
    wrong(panel, error.sentence || bkUnreadable);
  }
  panel.removeAttribute("aria-busy");
}

// On window, and so before the listeners of booker.js, to which this form is none of the widget's.
window.addEventListener("submit", (event) => {
  if (!panelOf(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  compare(event.target);
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-bk-forget], [data-bk-close]");
  if (!button) return;
  const panel = panelOf(button);
  if ("bkForget" in button.dataset) {
    forget();
    mark();
  }
  close(panel);
});

mark();
