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

  const counted = (count, rule) =>
    count >= Number(rule.dataset.minimum) &&
    (rule.dataset.maximum === undefined || count <= Number(rule.dataset.maximum));
  const of = (pattern) => (text, rule) => counted((text.match(pattern) ?? []).length, rule);
  const about = (rule) => rule.dataset.about.split("\n");
  const most = (text) => {
    const counts = new Map();
    for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    return Math.max(0, ...counts.values());
  };
  const without = (text, word) => word.length <= 3 || !text.toLowerCase().includes(word.toLowerCase());

  const special = /[!#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
  const holds = {
    length: (text, rule) => counted([...text.normalize("NFC")].length, rule),
    upper: of(/[A-Z]/g),
    lower: of(/[a-z]/g),
    letter: of(/\p{Alphabetic}/gu),
    digit: of(/[0-9]/g),
    "letter-or-digit": of(/[\p{Alphabetic}\p{Nd}\p{Nl}\p{No}]/gu),
    special: of(special),
    "special-most": of(special),
    unique: (text, rule) => counted(new Set(text).size, rule),
    repeated: (text, rule) => counted(most(text), rule),
    start: (text) => /^\p{Alphabetic}/u.test(text),
    required: (text, rule) => about(rule).every((letter) => text.includes(letter)),
    forbidden: (text, rule) => !about(rule).some((letter) => text.includes(letter)),
    only: (text, rule) => [...text].every((letter) => about(rule).includes(letter)),
    words: (text, rule) => about(rule).every((word) => without(text, word)),
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
