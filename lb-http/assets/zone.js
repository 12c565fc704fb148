// Offers the reader's own time zone beside `input[data-offer]`, whose words have {} where the zone's name goes, and all zones that the
// browser knows in its list. `[data-own="ID"]` is a day of one's own: when it is filled in, the choice ID says so.

const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const input of document.querySelectorAll("input[data-offer]")) {
  const zones = Intl.supportedValuesOf?.("timeZone") ?? [];
  input.list?.append(...["UTC", ...zones].map((zone) => new Option(zone, zone)));
  if (!own || own === input.value) continue;
  const offer = document.createElement("button");
  offer.type = "button";
  offer.className = "quiet small";
  offer.textContent = input.dataset.offer.replace("{}", own);
  offer.addEventListener("click", () => {
    input.value = own;
    offer.remove();
    input.focus();
  });
  input.after(offer);
}

for (const day of document.querySelectorAll("input[data-own]")) {
  day.addEventListener("change", () => {
    const choice = document.getElementById(day.dataset.own);
    if (day.value && choice) choice.value = "own";
  });
}
