// Keeps a page up to date: `data-live` says where its stream is. A message has `<template>`s with one element each, which takes the
// place of the one with its id. `#live` says in words whether news come: data-on, data-off. A tab that nobody sees asks for none.

const page = document.querySelector("[data-live]");
const sign = document.getElementById("live");
const version = new URL(import.meta.url).pathname.split("/")[2];
const PAUSE = 5000;
let [place, seen] = (page?.dataset.live ?? "").split("?seen=");
let source = null;
let failures = 0;
let fetchedAt = 0;
let waiting = 0;

function say(state) {
  if (!sign || sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = sign.dataset[state];
  sign.hidden = false;
}

// what somebody reads of it: times are shown in the reader's own zone by then
function read(element) {
  const copy = element.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = time.dateTime;
  return copy.textContent.replace(/\s+/g, " ").trim();
}

// A server that turned, an alarm, an event: figures change all the time, and nobody is to be told of each.
function mark(before, after) {
  if (after.tagName === "TR") {
    const state = (row) => read(row.querySelector(".whole") ?? row);
    if (state(before) !== state(after)) after.classList.add("changed");
  } else if (after.matches(".feed, .alarms")) {
    const known = new Set([...before.children].map(read));
    for (const child of after.children) if (!known.has(read(child))) child.classList.add("changed");
  }
}

// who stands on something with the keyboard stays there
function keepFocus(before, change) {
  const held = before.contains(document.activeElement) ? document.activeElement : null;
  const same = (element) => element.id === held.id && element.getAttribute("href") === held.getAttribute("href");
  const open = [...before.querySelectorAll("details[open]")].map((details) => details.id).filter(Boolean);
  const { scrollTop, scrollLeft } = before.parentElement ?? {};
  const after = change();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  after.parentElement?.scrollTo(scrollLeft ?? 0, scrollTop ?? 0);
  if (held) [...after.querySelectorAll(held.tagName)].find(same)?.focus({ preventScroll: true });
}

function swap(after) {
  const before = document.getElementById(after.id);
  if (!before || before === sign || before.isEqualNode(after)) return;
  mark(before, after);
  keepFocus(before, () => {
    before.replaceWith(after);
    return after;
  });
}

function patch(text) {
  const holder = document.createElement("template");
  // it is the server's own page in pieces, where every name is escaped as in the whole
  holder.innerHTML = text;
  for (const { content } of holder.content.querySelectorAll("template")) {
    const element = content.firstElementChild;
    if (element?.id) swap(document.adoptNode(element));
  }
}

// The page as it is now, part by part. Where somebody types, only what is around that is replaced.
function merge(next, root) {
  const typed = document.activeElement?.matches("input, select, textarea") ? document.activeElement : null;
  const outermost = (within) => {
    const all = [...within.querySelectorAll("[id]")].filter((element) => element !== sign && !element.contains(typed));
    return all.filter((element) => !all.some((other) => other !== element && other.contains(element))).map(({ id }) => id);
  };
  const ids = outermost(document.getElementById("main"));
  // another page than before: its first server has come, say
  if (!typed && ids.join() !== outermost(root).filter((id) => id !== sign?.id).join()) return location.reload();
  for (const id of ids) {
    const element = next.getElementById(id);
    if (element) swap(document.adoptNode(element));
  }
}

async function again() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  // the session has ended, or the page is another's by now
  if (answer.redirected) return location.reload();
  if (!answer.ok) throw new Error(answer.statusText);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const root = next.getElementById("main");
  if (root) merge(next, root);
  seen = next.querySelector("[data-live]")?.dataset.live.split("?seen=")[1] ?? seen;
}

// not all who watch at the same moment, and not more often than needed
function soon() {
  if (waiting) return;
  const rest = Math.max(0, fetchedAt + PAUSE - Date.now());
  waiting = setTimeout(() => {
    waiting = 0;
    fetchedAt = Date.now();
    again().catch(() => {});
  }, rest + Math.random() * 700);
}

function close() {
  source?.close();
  source = null;
}

function listen() {
  if (source || document.hidden) return;
  source = new EventSource(`${place}?${new URLSearchParams({ seen })}`);
  const heard = (event) => {
    if (event.lastEventId) seen = event.lastEventId;
    failures = 0;
    say("on");
  };
  source.addEventListener("hello", (event) => {
    heard(event);
    // another version of the program, with other files
    if (JSON.parse(event.data).version !== version) location.reload();
  });
  source.addEventListener("patch", (event) => {
    heard(event);
    patch(event.data);
  });
  source.addEventListener("again", soon);
  source.addEventListener("ended", () => location.reload());
  source.addEventListener("error", () => {
    say("off");
    // otherwise the browser tries again by itself
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    failures += 1;
    const pause = Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
    setTimeout(() => again().catch(() => {}).then(listen), pause);
  });
}

if (page && window.EventSource) {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : listen()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", listen);
  listen();
  // what no stream tells of
  const every = Number(page.dataset.again) * 1000;
  if (every) setInterval(() => document.hidden || soon(), every);
}
