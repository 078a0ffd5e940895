// One received mail. Its HTML is somebody else's: it is shown in a frame without scripts, forms or remote loads.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { model, update } from "./model.js";

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const HEAD = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank">`;

export function inboxMail(mail) {
  const back = () => update({ mail: null });
  return h(
    "article",
    { class: "mail", key: mail.id, "data-testid": "mail" },
    h(
      "div",
      { class: "mail-bar" },
      h(
        "button",
        { class: "button plain", type: "button", onclick: back, "data-testid": "mail-back" },
        icon("back"),
        "Inbox",
      ),
      mail.html && viewSwitch(),
      h(
        "button",
        {
          class: "button primary",
          type: "button",
          onclick: () => replyTo(mail),
          "data-testid": "mail-reply",
        },
        icon("reply"),
        "Reply",
      ),
    ),
    h("h3", { class: "mail-title" }, mail.subject),
    h("dl", { class: "mail-facts" }, fact("From", mail.from), fact("To", mail.to)),
    mail.html && model.mailAs === "html"
      ? frame(mail)
      : h("pre", { class: "mail-text", tabindex: "0" }, mail.text),
    headers(mail),
  );
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function viewSwitch() {
  const choice = (id, label) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(model.mailAs === id),
        onclick: () => update({ mailAs: id }),
        "data-testid": `mail-as-${id}`,
      },
      label,
    );
  return h(
    "div",
    { class: "switch", role: "group", "aria-label": "Show as" },
    choice("html", "HTML"),
    choice("text", "Text"),
  );
}

function frame(mail) {
  return h("iframe", {
    class: "mail-frame",
    sandbox: "allow-popups",
    srcdoc: HEAD + mail.html,
    title: "The mail as the customer sees it",
    referrerpolicy: "no-referrer",
  });
}

function headers(mail) {
  return h(
    "details",
    { class: "mail-headers" },
    h("summary", {}, "Headers"),
    h(
      "dl",
      {},
      mail.headers.map(([name, value]) => fact(name, value)),
    ),
  );
}

// The customer is who the mail went to: `Maria Costa <maria@shop.example>`, or the bare address.
function replyTo(mail) {
  const [, name = "", email = mail.to] = /^"?(.*?)"?\s*<([^<>]+)>$/.exec(mail.to) ?? [];
  const subject = /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
  const draft = { from: { name, email }, to: mail.from, subject, reply_to_id: mail.id };
  update({ draft, draftNumber: model.draftNumber + 1, mailbox: "compose", mail: null });
}
