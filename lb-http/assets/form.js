// Forms with `data-form`: each field is held against its own constraints as soon as it is left, and again with each key once it was
// wrong. The words come from the page: data-required, data-pattern, data-range, data-type, data-long, data-short, or data-wrong for
// any. `data-same="ID"` asks for the same text as in another field. Changes that are not saved are asked about before leaving
// (`data-unsaved` on the form).

const KINDS = [
  ["valueMissing", "required"],
  ["patternMismatch", "pattern"],
  ["typeMismatch", "type"],
  ["badInput", "type"],
  ["rangeUnderflow", "range"],
  ["rangeOverflow", "range"],
  ["stepMismatch", "range"],
  ["tooShort", "short"],
  ["tooLong", "long"],
];

function complaint(field) {
  const other = field.dataset.same && document.getElementById(field.dataset.same);
  field.setCustomValidity(other && other.value !== field.value ? (field.dataset.wrong ?? "≠") : "");
  const kind = KINDS.find(([flaw]) => field.validity[flaw]);
  if (kind) return field.dataset[kind[1]] ?? field.dataset.wrong ?? field.validationMessage;
  return field.validationMessage;
}

function errorOf(field) {
  const id = `${field.id}-error`;
  let error = document.getElementById(id);
  if (!error) {
    error = document.createElement("p");
    error.className = "error";
    error.id = id;
    (field.closest(".field, .check") ?? field.parentElement).append(error);
  }
  return error;
}

function check(field) {
  if (!field.id || !field.willValidate) return true;
  const words = complaint(field);
  if (!words && !field.hasAttribute("aria-invalid")) return true;
  const error = errorOf(field);
  error.textContent = words;
  const described = new Set((field.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
  if (words) {
    field.setAttribute("aria-invalid", "true");
    described.add(error.id);
  } else {
    field.removeAttribute("aria-invalid");
    described.delete(error.id);
  }
  if (described.size) field.setAttribute("aria-describedby", [...described].join(" "));
  else field.removeAttribute("aria-describedby");
  return !words;
}

const isField = (element) => element.matches?.("input, select, textarea");

for (const form of document.querySelectorAll("form[data-form]")) {
  // our own words instead of the browser's; without this module the browser's remain
  form.noValidate = true;
  const state = () => new URLSearchParams([...new FormData(form)].map(([key, value]) => [key, String(value.name ?? value)])).toString();
  const first = state();
  let leaving = false;
  const changed = () => !leaving && state() !== first;

  form.addEventListener("focusout", ({ target }) => {
    // a field that was only walked past is not scolded
    if (isField(target) && (target.value || target.hasAttribute("aria-invalid"))) check(target);
  });
  form.addEventListener("input", ({ target }) => {
    if (isField(target) && target.hasAttribute("aria-invalid")) check(target);
    for (const other of form.querySelectorAll(`[data-same="${CSS.escape(target.id)}"]`)) if (other.value) check(other);
    for (const note of form.querySelectorAll("[data-when-changed]")) note.hidden = !changed();
  });
  form.addEventListener("submit", (event) => {
    const passing = event.submitter?.formNoValidate;
    const wrong = passing ? [] : [...form.elements].filter((field) => isField(field) && !check(field));
    if (wrong.length) {
      event.preventDefault();
      wrong[0].focus();
      return;
    }
    leaving = true;
    // a second press sends nothing; after the browser's "back" the button works again
    const button = event.submitter;
    if (button) setTimeout(() => button.setAttribute("disabled", ""), 0);
  });
  addEventListener("pageshow", () => {
    leaving = false;
    for (const button of form.querySelectorAll("button[disabled]:not([data-stays-disabled])")) button.removeAttribute("disabled");
  });
  if (form.dataset.form !== "free") {
    addEventListener("beforeunload", (event) => {
      if (changed()) event.preventDefault();
    });
  }
}

// `select[data-send]` and `input[data-send]`: their form is sent as soon as they change
document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-send]")) target.form?.requestSubmit();
});

// `details.menu` closes on Escape and when something else is chosen
document.addEventListener("keydown", ({ key }) => {
  const open = key === "Escape" && document.querySelector("details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", ({ target }) => {
  for (const open of document.querySelectorAll("details.menu[open]")) if (!open.contains(target)) open.open = false;
});
