// Puts what the server has written in the place of what is on the page, by ids: a message of the stream, or the page fetched anew.

// says whether news come, which the server does not know
const SIGN = "live";

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
    return;
  }
  const items = (element) => (element.matches(".feed") ? element.children : element.querySelectorAll(".alarms > li, .feed > li"));
  const known = new Set([...items(before)].map(read));
  for (const item of items(after)) if (!known.has(read(item))) item.classList.add("changed");
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
  if (!before || before.id === SIGN || before.isEqualNode(after)) return;
  mark(before, after);
  keepFocus(before, () => {
    before.replaceWith(after);
    return after;
  });
}

export function patch(text) {
  const holder = document.createElement("template");
  // it is the server's own page in pieces, where every name is escaped as in the whole
  holder.innerHTML = text;
  for (const { content } of holder.content.querySelectorAll("template")) {
    const element = content.firstElementChild;
    if (element?.id) swap(document.adoptNode(element));
  }
}

// Whether somebody fills a form in.
function isTouched(form) {
  const differs = ({ value, defaultValue = value, checked, defaultChecked, options = [] }) =>
    value !== defaultValue || checked !== defaultChecked || [...options].some((one) => one.selected !== one.defaultSelected);
  return form.contains(document.activeElement) || [...form.elements].some(differs);
}

// The page as it is now, part by part. Where somebody fills a form in, only what is around that is replaced.
export function merge(next, root) {
  const touched = [...document.forms].filter(isTouched);
  const outermost = (within) => {
    const isKept = (element) => element.id !== SIGN && !touched.some((form) => element.contains(form) || form.contains(element));
    const all = [...within.querySelectorAll("[id]")].filter(isKept);
    return all.filter((element) => !all.some((other) => other !== element && other.contains(element))).map(({ id }) => id);
  };
  const ids = outermost(document.getElementById("main"));
  // another page than before: its first server has come, say
  if (touched.length === 0 && ids.join() !== outermost(root).join()) return location.reload();
  for (const id of ids) {
    const element = next.getElementById(id);
    if (element) swap(document.adoptNode(element));
  }
}
