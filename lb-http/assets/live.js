// Keeps a page up to date: `data-live` says where its stream is. A message has `<template>`s with one element each, which takes the
// place of the one with its id. `#live` says in words whether news come: data-on, data-off. A tab that nobody sees asks for none.

import { merge, patch } from "./patch.js";

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
