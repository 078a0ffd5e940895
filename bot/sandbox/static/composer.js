// The line at the foot of a conversation: words, or a slash command.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { speak } from "./live.js";
import { model } from "./model.js";

const halfTyped = new Map(); // composer -> words that wait until their person and conversation are back

export function composer({ where, label, testid }) {
  const key = [model.persona, where.channel, where.thread_ts].join("/");
  const field = {
    class: "composer-input",
    rows: 1,
    placeholder: label,
    "aria-label": label,
    "data-testid": testid,
    initial: { value: halfTyped.get(key) ?? "" },
    oninput: (event) => halfTyped.set(key, event.currentTarget.value),
    onkeydown: submitByEnter,
  };
  return h(
    "form",
    { class: "composer", key, onsubmit: (event) => submit(event, where, key) },
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
async function submit(event, where, key) {
  event.preventDefault();
  const field = event.target.querySelector("textarea");
  const typed = field.value;
  if (!typed.trim()) return;
  write(field, key, "");
  const answer = await speak(typed, where);
  if (!answer && !field.value) write(field, key, typed);
}

function write(field, key, words) {
  field.value = words;
  halfTyped.set(key, words);
}
