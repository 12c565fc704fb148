// Sorts and filters every `table.sortable` and remembers both in the address. A heading with a link (`th a`) is sorted by the server;
// one with `data-sort="text|number"` alone is sorted here. `input[data-filter="ID"]` and `select[data-filter="ID"]` narrow the table ID.

const params = () => new URLSearchParams(location.search);

function remember(name, value) {
  const next = params();
  if (value) next.set(name, value);
  else next.delete(name);
  const query = next.toString();
  history.replaceState(history.state, "", location.pathname + (query ? `?${query}` : "") + location.hash);
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function valueOf(row, column, kind) {
  const cell = row.cells[column];
  const text = cell?.dataset.value ?? cell?.textContent.trim() ?? "";
  if (kind !== "number") return text;
  const number = Number.parseFloat(text);
  return text === "" || Number.isNaN(number) ? null : number;
}

function compare(a, b, down) {
  // what is unknown stands last, whichever way
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang, { numeric: true });
  return down ? -order : order;
}

function sort(table, heading, down) {
  const body = table.tBodies[0];
  const column = heading.cellIndex;
  const kind = heading.dataset.sort;
  const rows = [...body.rows].map((row) => [valueOf(row, column, kind), row]);
  rows.sort(([a], [b]) => compare(a, b, down));
  body.append(...rows.map(([, row]) => row));
  for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
}

function sorting(table) {
  const name = table.dataset.name ? `sort-${table.dataset.name}` : "sort";
  const headings = [...table.tHead.querySelectorAll("th[data-sort]")].filter((heading) => !heading.querySelector("a"));
  headings.forEach((heading) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const present = heading.getAttribute("aria-sort");
      // figures are looked at from the greatest, words from the first
      const down = present ? present === "ascending" : heading.dataset.sort === "number";
      sort(table, heading, down);
      remember(name, (down ? "-" : "") + heading.cellIndex);
    });
  });
  const kept = params().get(name);
  const heading = kept && headings.find((one) => String(one.cellIndex) === kept.replace(/^-/, ""));
  if (heading) sort(table, heading, kept.startsWith("-"));
}

function filtering(table) {
  const inputs = [...document.querySelectorAll(`[data-filter="${CSS.escape(table.id)}"]`)];
  if (inputs.length === 0) return;
  const count = document.querySelector(`[data-count="${CSS.escape(table.id)}"]`);
  const narrow = () => {
    const words = inputs.flatMap((input) => plain(input.value).split(/\s+/)).filter(Boolean);
    const rows = [...table.tBodies[0].rows];
    let shown = 0;
    for (const row of rows) {
      const text = words.length ? plain(`${row.textContent} ${row.dataset.words ?? ""}`) : "";
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    if (count) count.textContent = words.length ? `${shown} / ${rows.length}` : "";
  };
  for (const input of inputs) {
    const name = input.name || "filter";
    if (!input.value) input.value = params().get(name) ?? "";
    // where the form can be sent, the server filters as well: the address says the same
    input.addEventListener("input", () => {
      narrow();
      remember(name, input.value.trim());
    });
  }
  narrow();
  // rows that come later are held against the same words
  new MutationObserver(narrow).observe(table.tBodies[0], { childList: true });
}

for (const table of document.querySelectorAll("table.sortable")) {
  if (!table.tHead || table.tBodies.length === 0) continue;
  sorting(table);
  if (table.id) filtering(table);
}
