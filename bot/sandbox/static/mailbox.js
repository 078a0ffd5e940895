// The right world: the customer's mailbox.

import { compose } from "./compose.js";
import * as dates from "./dates.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { inboxMail } from "./mail.js";
import { done, model, update } from "./model.js";
import { blank } from "./parts.js";

export function mailbox() {
  const { inbox, sent } = model.server;
  const unopened = inbox.filter((mail) => !model.opened.includes(mail.id)).length;
  return h(
    "section",
    { class: "window mailbox", "aria-label": "The customer's mailbox" },
    h("header", { class: "pane-head" }, h("h2", {}, icon("mail"), "The customer’s mailbox")),
    h(
      "nav",
      { class: "tabs", "aria-label": "Mailbox" },
      tab("compose", "Compose"),
      tab("inbox", "Inbox", unopened, "new"),
      tab("sent", "Sent", sent.length),
    ),
    PANES[model.mailbox](),
  );
}

function tab(id, label, count, kind = "") {
  const props = {
    class: "tab",
    type: "button",
    "aria-current": model.mailbox === id ? "page" : null,
    "data-testid": `mail-${id}`,
    onclick: () => update({ mailbox: id, mail: null }),
  };
  return h("button", props, label, count > 0 && h("span", { class: `count ${kind}` }, count));
}

const PANES = { compose, inbox, sent };

// The backend's order is that of arrival; a Date header is whatever its sender liked.
const newestFirst = (mails) => [...mails].reverse();

function inbox() {
  const mails = newestFirst(model.server.inbox);
  const open = mails.find((mail) => mail.id === model.mail);
  if (open) return inboxMail(open);
  if (!mails.length)
    return blank({
      icon: "inbox",
      title: "No mail yet",
      text: "Send one, and the acknowledgement arrives here within moments.",
    });
  return h("ul", { class: "scroller mails", key: "inbox" }, mails.map(inboxRow));
}

function inboxRow(mail) {
  const isNew = !model.opened.includes(mail.id);
  const open = () => {
    update({
      mail: mail.id,
      opened: isNew ? [...model.opened, mail.id] : model.opened,
      mailAs: mail.html ? "html" : "text",
    });
    if (model.steps.includes("Send")) done("Read");
  };
  const opening = mail.text.replace(/\s+/g, " ").slice(0, 140);
  return h(
    "li",
    { key: mail.id },
    h(
      "button",
      {
        class: `mail-row ${isNew ? "unread" : ""}`,
        type: "button",
        "data-testid": "inbox-item",
        onclick: open,
      },
      h("span", { class: "mail-line" }, h("b", {}, nameOf(mail.from)), time(mail)),
      h("span", { class: "mail-subject" }, mail.subject),
      h("span", { class: "mail-opening" }, opening),
      h("span", { class: "mail-to" }, `to ${mail.to}`),
    ),
  );
}

// A list has room for a name; the open mail shows its address too.
const nameOf = (address) => address.replace(/\s*<[^<>]+>$/, "") || address;

function sent() {
  const mails = newestFirst(model.server.sent);
  if (!mails.length)
    return blank({ icon: "send", title: "Nothing sent", text: "Write a mail, or take one of the samples." });
  return h("ul", { class: "scroller mails", key: "sent" }, mails.map(sentRow));
}

function sentRow(mail) {
  return h(
    "li",
    { key: mail.id, class: "mail-row", "data-testid": "sent-item" },
    h("span", { class: "mail-line" }, h("b", {}, mail.from), time(mail)),
    h("span", { class: "mail-subject" }, mail.subject || "(no subject)"),
    h(
      "span",
      { class: "mail-line trace" },
      h("span", { class: `status ${isTaken(mail) ? "good" : "bad"}` }, mail.status),
      mail.trace_id && h("code", { title: "Trace id" }, mail.trace_id),
    ),
  );
}

const isTaken = (mail) => mail.status.startsWith("2");

function time(mail) {
  const at = new Date(mail.date);
  if (Number.isNaN(at.getTime())) return h("time", {}, mail.date);
  return h(
    "time",
    { title: at.toLocaleString() },
    dates.format(at, "{date_short_pretty}, {time}").replace("Today, ", ""),
  );
}
