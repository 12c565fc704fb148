// `input[type=file][data-into="ID"]` reads the chosen file into the text field ID: nothing is sent before its form is. What is only
// of use with this (`data-when-ready`) is shown by it.

for (const input of document.querySelectorAll("input[type=file][data-into]")) {
  const target = document.getElementById(input.dataset.into);
  if (!target) continue;
  input.closest("[data-when-ready]")?.removeAttribute("hidden");
  input.addEventListener("change", async () => {
    const [file] = input.files;
    // the form has its own bound: a file far beyond it is not even read
    if (!file || file.size > 4 * (target.maxLength > 0 ? target.maxLength : 1e6)) return;
    target.value = await file.text();
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  });
}
