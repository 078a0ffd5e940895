// Modals: the persona's stack of views as one native dialog, which brings the focus trap and Esc along.
// Every view of the stack stays in the page, so that going back finds what was typed.

import * as blockkit from "./blockkit.js";
import { h } from "./dom.js";
import { post } from "./live.js";
import { done, model, update, views } from "./model.js";
import { text } from "./mrkdwn.js";
import { iconButton } from "./parts.js";
import { values } from "./values.js";

export function modal() {
  const stack = views();
  if (!stack.length) return null;
  const top = stack.at(-1);
  const props = {
    key: `modal/${stack[0].id}`,
    class: "modal",
    "data-testid": "modal",
    "data-depth": stack.length,
    "aria-labelledby": "modal-title",
    ...asDialog(() => close(top, false)),
  };
  return h(
    "dialog",
    props,
    stack.map((view) => form(view, view === top, stack.length)),
  );
}

function asDialog(cancel) {
  return {
    after: (node) => node.open || node.showModal(),
    removed: (node) => node.close(),
    oncancel: (event) => {
      event.preventDefault();
      cancel();
    },
  };
}

const close = (view, all) => post("close", { user: model.persona, view_id: view.id, all });

function form(view, isTop, depth) {
  const on = blockkit.surface(view.id, { view_id: view.id }, view.blocks, view.errors);
  const props = {
    key: view.id,
    class: "modal-form",
    hidden: !isTop,
    onsubmit: (event) => submit(event, view, on),
    onkeydown: submitByKey,
    before: (node) => node.dataset.seen,
    "data-seen": signature(on),
    after: (node, seen) => isTop && settle(node, seen),
  };
  const title = h("h2", { id: isTop ? "modal-title" : null }, text(view.title));
  const closeAll = iconButton("Close", "close", () => close(view, true), isTop ? "modal-close" : null);
  return h(
    "form",
    props,
    h("header", { class: "modal-head" }, title, closeAll),
    h("div", { class: "modal-body" }, blockkit.draw(on)),
    footer(view, isTop, depth),
  );
}

function footer(view, isTop, depth) {
  const back = { class: "button", type: "button", onclick: () => close(view, false) };
  return h(
    "footer",
    { class: "modal-foot" },
    h("button", back, view.close ? text(view.close) : depth > 1 ? "Back" : "Cancel"),
    view.submit &&
      h(
        "button",
        { class: "button primary", type: "submit", "data-testid": isTop ? "modal-submit" : null },
        text(view.submit),
      ),
  );
}

async function submit(event, view, on) {
  event.preventDefault();
  const button = event.target.querySelector("[type=submit]");
  if (!button || button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const answer = await post("submit", { user: model.persona, view_id: view.id, values: values(on) });
  button.removeAttribute("aria-busy");
  if (answer) done(view.submit.text);
}

function submitByKey(event) {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit();
}

// The fields and faults that a person sees; when they change, the focus goes to the first fault or the first field.
const signature = (on) =>
  JSON.stringify([
    on.blocks.filter((block) => block.type === "input").map((block) => block.block_id),
    on.errors,
  ]);

function settle(node, seen) {
  if (seen === node.dataset.seen && node.contains(document.activeElement)) return;
  const first =
    node.querySelector("[aria-invalid] input, [aria-invalid]") ??
    node.querySelector(".block-input :is(input, select, textarea)");
  (first ?? node.querySelector("button[type=submit]") ?? node.querySelector(".modal-foot button")).focus();
}

// The question that a `confirm` object asks before its element acts.
export function confirmation() {
  const asked = model.confirming;
  if (!asked) return null;
  const answer = (go) => () => {
    update({ confirming: null });
    if (go) asked.go();
  };
  const props = {
    key: "confirmation",
    class: "modal small",
    "aria-labelledby": "confirm-title",
    ...asDialog(answer(false)),
  };
  return h(
    "dialog",
    props,
    h("header", { class: "modal-head" }, h("h2", { id: "confirm-title" }, text(asked.title))),
    h("div", { class: "modal-body rich" }, text(asked.text)),
    h(
      "footer",
      { class: "modal-foot" },
      h("button", { class: "button", type: "button", onclick: answer(false) }, text(asked.deny)),
      h(
        "button",
        { class: `button ${asked.style ?? "primary"}`, type: "button", onclick: answer(true) },
        text(asked.confirm),
      ),
    ),
  );
}
