// `button[data-copy="ID"]` puts the text of the element ID on the clipboard and says so for a moment in the words of `data-done`.
// Where the browser has no clipboard to give (plain HTTP), the text is selected instead.

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) continue;
  button.classList.add("ready");
  button.setAttribute("aria-live", "polite");
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      return;
    }
    button.textContent = button.dataset.done ?? "✓";
    setTimeout(() => { button.textContent = label; }, 1600);
  });
}
