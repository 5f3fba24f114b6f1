// The account menu closes on Escape and on a click beside it. It opens and closes without this.
"use strict";

(() => {
  const menu = document.querySelector("details.account");
  if (!menu) return;

  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
