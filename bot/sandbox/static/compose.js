// Writing a mail as the customer. The form belongs to the person who types; a sample or a reply starts a fresh one.

import { attachButton, attachments } from "./attachments.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { post, sendMail } from "./live.js";
import { model, toast, update } from "./model.js";
import { iconButton } from "./parts.js";

const DESK = "support@acme.example";
const CUSTOMER = { name: "Dana Customer", email: "dana@customer.example" };

export function compose() {
  const { draft } = model;
  const from = draft.from ?? CUSTOMER;
  return h(
    "form",
    { class: "compose", key: `draft/${model.draftNumber}`, oninput: keep, onsubmit: send },
    h(
      "div",
      { class: "scroller compose-fields" },
      samples(),
      draft.reply_to_id &&
        h("p", { class: "replying" }, icon("reply"), h("span", {}, `A reply to ${draft.to}`), discard()),
      h(
        "div",
        { class: "pair" },
        field("name", "Your name", from.name),
        field("email", "Your address", from.email, { type: "email", required: true }),
      ),
      field("to", "To", draft.to ?? DESK, { required: true }),
      field("subject", "Subject", draft.subject),
      h(
        "label",
        { class: "field grow" },
        h("span", {}, "Message"),
        h("textarea", {
          name: "text",
          rows: 6,
          required: true,
          "data-testid": "compose-text",
          initial: { value: draft.text ?? "" },
        }),
      ),
      attachments(),
    ),
    h(
      "footer",
      { class: "compose-foot" },
      attachButton(),
      h(
        "button",
        { class: "button primary send-mail", type: "submit", "data-testid": "send-mail" },
        icon("send"),
        "Send mail",
      ),
    ),
  );
}

function field(name, label, value, props) {
  const input = {
    name,
    type: "text",
    "data-testid": `compose-${name}`,
    initial: { value: value ?? "" },
    ...props,
  };
  return h("label", { class: "field" }, h("span", {}, label), h("input", input));
}

function start(draft) {
  update({ draft, draftNumber: model.draftNumber + 1 });
}

// What is typed outlives a look at the inbox.
function keep(event) {
  Object.assign(model.draft, written(event.currentTarget));
}

function written(form) {
  const { name, email, ...words } = Object.fromEntries(new FormData(form));
  return { from: { name, email }, ...words };
}

function discard() {
  return iconButton("Write a new mail instead", "close", () => start({}));
}

// --- Samples ---

function samples() {
  return h(
    "div",
    { class: "samples", role: "group", "aria-label": "Sample mails" },
    model.server.samples.map(({ id, title, hint, ...mail }) =>
      h(
        "button",
        {
          key: id,
          class: "chip",
          type: "button",
          title: hint,
          "data-testid": `sample-${id}`,
          onclick: () => start(mail),
        },
        title,
      ),
    ),
    h(
      "button",
      {
        class: "chip burst",
        type: "button",
        title: "Twenty different mails at once",
        "data-testid": "burst",
        onclick: burst,
      },
      icon("burst"),
      "Burst of 20",
    ),
  );
}

async function burst(event) {
  const button = event.currentTarget;
  button.disabled = true;
  if (await post("burst")) toast("Twenty mails are on their way.", "good");
  button.disabled = false;
}

// --- Sending ---

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("[type=submit]");
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const { html = "", attachments: files = [], reply_to_id: answered = null } = model.draft;
  const mail = { ...written(form), cc: "", html, attachments: files, reply_to_id: answered };
  const answer = await sendMail(mail);
  button.removeAttribute("aria-busy");
  if (!answer) return;
  if (answer.mail.trace_id) toast("Mail sent. Watch Slack.", "good");
  else toast(`The desk did not take the mail: ${answer.mail.status}.`);
  start({ from: mail.from });
}
