// Password fields: buttons that show what was typed, and rules that tick while it is typed.
// The server checks all of it again; nothing is sent or kept before the form is.
"use strict";

(() => {
  for (const button of document.querySelectorAll("button[data-show]")) {
    const field = document.getElementById(button.dataset.show);
    const rest = button.querySelector("span");
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.firstChild.textContent = shown ? "Hide" : "Show";
      button.append(rest);
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      show(field.type === "password");
      field.focus();
    });
    // Password managers save what stands in a password field.
    field.form.addEventListener("submit", () => show(false));
  }

  const rules = document.getElementById("rules");
  if (!rules) return;
  const field = document.getElementById("new-password");
  const said = document.getElementById("rules-said");
  const user = rules.dataset.user.toLowerCase();

  const holds = {
    length: (text, rule) => {
      const length = [...text.normalize("NFC")].length;
      return length >= Number(rule.dataset.minimum) && length <= 128;
    },
    upper: (text) => /[A-Z]/.test(text),
    lower: (text) => /[a-z]/.test(text),
    digit: (text) => /[0-9]/.test(text),
    special: (text) => /[!#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/.test(text),
    name: (text) => text !== "" && !text.toLowerCase().includes(user),
  };

  const checked = [...rules.children].filter((rule) => rule.dataset.rule in holds);
  for (const rule of rules.children) {
    if (!checked.includes(rule)) rule.append(" (checked when you send it)");
  }

  let timer = 0;
  const check = () => {
    let kept = 0;
    for (const rule of checked) {
      const met = holds[rule.dataset.rule](field.value, rule);
      rule.classList.remove("broken");
      rule.classList.toggle("met", met);
      const state = rule.querySelector(".rule-state");
      state.textContent = "";
      if (field.value !== "") {
        const words = Object.assign(document.createElement("span"), { className: "visually-hidden" });
        words.textContent = met ? "Kept: " : "Not kept yet: ";
        state.append(words);
      }
      kept += met;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      said.textContent = field.value === "" ? "" : `${kept} of ${checked.length} rules kept`;
    }, 700);
  };
  field.addEventListener("input", check);
  if (field.value !== "") check();
})();
