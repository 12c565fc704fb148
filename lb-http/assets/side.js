// On a phone the pages of the administration are one line that is wider than the screen: the present page is brought into sight.

const side = document.querySelector(".side");
const present = side?.querySelector("[aria-current]");
if (present && side.scrollWidth > side.clientWidth) {
  side.scrollLeft = present.offsetLeft - side.offsetLeft - (side.clientWidth - present.offsetWidth) / 2;
}
