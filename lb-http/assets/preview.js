// Forms with `data-preview="ID"`: what they would change is shown in the element ID while they are filled in. The page tells it; what
// comes is put there as it was written by the balancer, which escapes every name. Buttons with `data-when-previewed` are there as long
// as what is shown can be done, and those without scripts, which ask for the same as a page, are not.

const PAUSE = 300;

for (const form of document.querySelectorAll("form[data-preview]")) {
  const place = document.getElementById(form.dataset.preview);
  const confirm = form.querySelector("[data-when-previewed]");
  const ask = form.querySelector('button[name="step"][value="preview"]');
  if (!place) continue;
  let timer;
  let asked;

  const ready = (is) => {
    if (confirm) confirm.hidden = !is;
    if (ask) ask.hidden = is;
  };

  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, value);
    body.set("step", "fragment");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: asked.signal, credentials: "same-origin" });
      const text = await answer.text();
      // a page instead of a part of one says that something else is wrong: asking by the button shows it
      if (!answer.ok || answer.redirected || /^\s*<!doctype/i.test(text)) return ready(false);
      const parsed = new DOMParser().parseFromString(text, "text/html");
      place.replaceChildren(...parsed.body.childNodes);
      ready(!place.querySelector("[data-wrong], [data-nothing]"));
    } catch (error) {
      if (error.name !== "AbortError") ready(false);
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  };
  form.addEventListener("input", () => {
    // nothing is confirmed that is not shown yet, nor what was shown of the fields as they were
    asked?.abort();
    ready(false);
    later();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && later());
}
