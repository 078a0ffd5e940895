// The line at the foot of a conversation: words, or a slash command.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { speak } from "./live.js";

export function composer({ where, label, testid }) {
  const field = {
    class: "composer-input",
    rows: 1,
    placeholder: label,
    "aria-label": label,
    "data-testid": testid,
    onkeydown: submitByEnter,
  };
  return h(
    "form",
    { class: "composer", key: testid, onsubmit: (event) => submit(event, where) },
    h("textarea", field),
    h("button", { class: "icon-button send", type: "submit", "aria-label": "Send now" }, icon("send")),
  );
}

function submitByEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form.requestSubmit();
}

// What was typed is put back if it could not be sent.
async function submit(event, where) {
  event.preventDefault();
  const field = event.target.querySelector("textarea");
  const typed = field.value;
  if (!typed.trim()) return;
  field.value = "";
  const answer = await speak(typed, where);
  if (!answer && !field.value) field.value = typed;
}
