// Draws the page: two worlds side by side, and what lies above both.

import { h, render } from "./dom.js";
import { hints } from "./hints.js";
import { bell, icon } from "./icons.js";
import { listen, post } from "./live.js";
import { mailbox } from "./mailbox.js";
import { confirmation, modal } from "./modal.js";
import { conversation, dismiss, markRead, model, onChange, update } from "./model.js";
import { iconButton } from "./parts.js";
import { slack } from "./slack.js";

function page() {
  const { server, world, theme } = model;
  document.documentElement.dataset.theme = theme ?? "";
  if (!server)
    return h("p", { class: "starting" }, model.connected ? "Starting…" : "The sandbox does not answer yet.");
  return [
    topBar(),
    !model.hintHidden && hints(),
    h("main", { class: "worlds", "data-world": world, key: "worlds" }, slack(), mailbox()),
    modal(),
    confirmation(),
    toasts(),
  ];
}

function topBar() {
  return h(
    "header",
    { class: "top" },
    h(
      "div",
      { class: "brand" },
      h("span", { class: "avatar bot", "aria-hidden": "true" }, bell()),
      h("b", {}, "Deskbell"),
      h("span", { class: "brand-what" }, "sandbox"),
    ),
    worldSwitch(),
    h(
      "div",
      { class: "top-tools" },
      !model.connected && h("span", { class: "offline", role: "status" }, "Reconnecting…"),
      h(
        "button",
        { class: "button plain", type: "button", "data-testid": "reset", onclick: askReset },
        icon("reset"),
        "Start over",
      ),
      themeButton(),
    ),
  );
}

function worldSwitch() {
  const choice = (id, label) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(model.world === id),
        onclick: () => update({ world: id }),
        "data-testid": `world-${id}`,
      },
      label,
    );
  return h(
    "div",
    { class: "switch world-switch", role: "group", "aria-label": "Show" },
    choice("slack", "Slack"),
    choice("mailbox", "Mailbox"),
  );
}

function askReset() {
  const plain = (text) => ({ type: "plain_text", text });
  const go = async () => {
    if (await post("reset")) update({ steps: [], hintHidden: false, thread: null, mail: null });
  };
  const words = "All messages and mails on this page go away. Deskbell keeps its tickets.";
  update({
    confirming: {
      title: plain("Start over?"),
      text: plain(words),
      confirm: plain("Start over"),
      deny: plain("Cancel"),
      style: "danger",
      go,
    },
  });
}

function themeButton() {
  const isDark =
    (model.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const switchTheme = () => update({ theme: isDark ? "light" : "dark" });
  return iconButton(isDark ? "Light theme" : "Dark theme", isDark ? "sun" : "moon", switchTheme, "theme");
}

// A popover, shown anew for each toast, so that it lies above an open dialog.
function toasts() {
  const raise = (node) => {
    if (node.childElementCount === Number(node.dataset.raised ?? 0)) return;
    node.dataset.raised = node.childElementCount;
    node.hidePopover();
    if (node.childElementCount) node.showPopover();
  };
  return h(
    "div",
    { class: "toasts", key: "toasts", popover: "manual", role: "alert", after: raise },
    model.toasts.map(({ id, text, kind }) =>
      h(
        "button",
        { key: id, class: `toast ${kind}`, type: "button", title: "Dismiss", onclick: () => dismiss(id) },
        icon(kind === "error" ? "warning" : "check"),
        text,
      ),
    ),
  );
}

function drawPage() {
  if (model.server && conversation()) markRead(conversation());
  render(document.getElementById("app"), [page()].flat().filter(Boolean));
}

onChange(drawPage);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => update({}));
drawPage();
listen();
