// Copy buttons: shown only where the browser can copy, and the result is said aloud.
"use strict";

(() => {
  if (!navigator.clipboard) return;

  const said = document.getElementById("said") || document.body.appendChild(
    Object.assign(document.createElement("p"), { id: "said", className: "visually-hidden" }),
  );
  said.setAttribute("role", "status");

  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    const label = button.innerHTML;
    let back = 0;
    button.addEventListener("click", async () => {
      let done = button.dataset.said;
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = "Copied";
      } catch {
        done = "The browser did not allow copying. Select the text and copy it yourself.";
      }
      said.textContent = done;
      clearTimeout(back);
      back = setTimeout(() => {
        button.innerHTML = label;
        said.textContent = "";
      }, 4000);
    });
  }
})();
