// Forms with `data-into="ID"` are sent without leaving the page: what the answering page has as the element ID takes the place of
// the one here. Where that does not work out, the form is sent as ever.

for (const form of document.querySelectorAll("form[data-into]")) {
  form.addEventListener("submit", async (event) => {
    const id = form.dataset.into;
    event.preventDefault();
    const button = event.submitter;
    const body = new URLSearchParams(new FormData(form, button));
    button?.setAttribute("aria-disabled", "true");
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "error", credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [made, present] = [page.getElementById(id), document.getElementById(id)];
      if (!made || !present) throw new Error("no such part");
      present.replaceChildren(...made.childNodes);
    } catch {
      form.submit();
    } finally {
      button?.removeAttribute("aria-disabled");
      form.removeAttribute("aria-busy");
    }
  });
}
