// The table of servers stays in its order while rows change: where it is sorted by state, and all of it is on one page, a server that
// turns goes where servers in its state are. Each row says its place by `data-order`, and by its name among those that are the same.

const name = (row) => row.cells[0]?.textContent ?? "";
const compare = (a, b) => a.dataset.order - b.dataset.order || (name(a) < name(b) ? -1 : 1);

function order() {
  const rows = document.querySelector("#servers[data-sorted='state']");
  const all = [...(rows?.rows ?? [])];
  const sorted = [...all].sort(compare);
  // who reads or stands on a row is not moved for nothing
  if (sorted.some((row, place) => row !== all[place])) rows.append(...sorted);
}

// the whole table may be another one by now
new MutationObserver(order).observe(document.getElementById("main"), { childList: true, subtree: true });
