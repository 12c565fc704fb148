// Shows every <time datetime> in the reader's own zone; the page has it in UTC, which stays in its title. `data-show` on it or
// around it says how: "time" the hour alone where it was today, "ago" how long ago, "date" the day; nothing: day and time.

const language = document.documentElement.lang;
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const short = new Intl.DateTimeFormat(language, { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function relative(seconds) {
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return ago.format(Math.round(-seconds / size), unit);
}

function words(moment, how) {
  if (how === "ago") return relative((Date.now() - moment) / 1000);
  if (how === "date") return day.format(moment);
  if (how === "time") return day.format(moment) === day.format(Date.now()) ? clock.format(moment) : short.format(moment);
  return full.format(moment);
}

function show(element) {
  const moment = Date.parse(element.dateTime);
  if (Number.isNaN(moment)) return;
  const said = words(moment, element.closest("[data-show]")?.dataset.show);
  if (element.textContent === said) return;
  element.title ||= element.textContent;
  element.textContent = said;
}

const all = (root) => root.querySelectorAll?.("time[datetime]") ?? [];

all(document).forEach(show);

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.matches?.("time[datetime]")) show(node);
      else all(node).forEach(show);
    }
  }
}).observe(document.body, { childList: true, subtree: true });

setInterval(() => document.querySelectorAll('[data-show="ago"] time, time[data-show="ago"]').forEach(show), 10_000);
