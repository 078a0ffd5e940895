// The left world: the workspace's sidebar and whatever is open beside it.

import * as blockkit from "./blockkit.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openHome } from "./live.js";
import { messageList, thread } from "./messages.js";
import { channel, conversation, model, ownDm, unread, update } from "./model.js";
import { blank } from "./parts.js";
import { avatar, personas } from "./people.js";

export function slack() {
  return h(
    "section",
    { class: "window slack", "aria-label": "Slack" },
    h(
      "nav",
      { class: "sidebar", "aria-label": "Channels and apps" },
      h("h1", { class: "workspace" }, model.server.team.name),
      h("h2", { class: "sidebar-title" }, "Channels"),
      h("ul", {}, model.server.channels.map(channelRow)),
      h("h2", { class: "sidebar-title" }, "Apps"),
      h("ul", {}, appRow()),
    ),
    h("div", { class: "stage" }, model.place.app ? appPane() : channelPane(), thread()),
  );
}

function row({ open, isOpen, count, testid, children }) {
  const props = {
    class: `row ${count ? "unread" : ""}`,
    type: "button",
    "data-testid": testid,
    onclick: open,
    "aria-current": isOpen ? "page" : null,
  };
  const badge = count > 0 && h("span", { class: "badge", "aria-label": `${count} unread` }, count);
  return h("li", { key: testid }, h("button", props, children, badge));
}

function channelRow({ id, name, archived }) {
  return row({
    open: () => update({ place: { channel: id }, thread: null }),
    isOpen: model.place.channel === id,
    count: model.place.channel === id ? 0 : unread(id),
    testid: `channel-${name}`,
    children: [icon("hash"), h("span", { class: archived ? "row-name archived" : "row-name" }, name)],
  });
}

function appRow() {
  const dm = ownDm();
  return row({
    open: () => (dm ? update({ place: { app: "messages" }, thread: null }) : openHome()),
    isOpen: Boolean(model.place.app),
    count: dm && model.place.app !== "messages" ? unread(dm.id) : 0,
    testid: `dm-${model.persona}`,
    children: [avatar(model.server.bot.id), h("span", { class: "row-name" }, model.server.bot.name)],
  });
}

function channelPane() {
  const { id, name, archived } = channel(model.place.channel);
  const empty = {
    icon: "hash",
    title: `Nothing in #${name} yet`,
    text: "Mails that belong here arrive as cards.",
  };
  return h(
    "div",
    { class: "pane", key: id },
    h("header", { class: "pane-head" }, h("h2", {}, icon("hash"), name), personas()),
    messageList(id, empty),
    archived
      ? h("p", { class: "archived-note" }, "This channel is archived.")
      : composer({
          where: { channel: id },
          label: `Message #${name}, or type /support`,
          testid: "command-input",
        }),
  );
}

function appPane() {
  const { name, id } = model.server.bot;
  const tab = (label, place, open) =>
    h(
      "button",
      {
        class: "tab",
        type: "button",
        "aria-current": model.place.app === place ? "page" : null,
        "data-testid": `app-${place}`,
        onclick: open,
      },
      label,
    );
  return h(
    "div",
    { class: "pane", key: "app" },
    h("header", { class: "pane-head" }, h("h2", {}, avatar(id), name), personas()),
    h(
      "nav",
      { class: "tabs", "aria-label": name },
      tab("Home", "home", openHome),
      tab("Messages", "messages", () => update({ place: { app: "messages" }, thread: null })),
    ),
    model.place.app === "home" ? home() : directMessages(),
  );
}

function home() {
  const view = model.server.home[model.persona];
  if (!view)
    return blank({ icon: "inbox", title: "No Home yet", text: "Deskbell draws it when it is running." });
  const on = blockkit.surface(`home/${model.persona}`, { view_id: view.id }, view.blocks);
  return h("div", { class: "scroller home", key: "home", tabindex: "-1" }, blockkit.draw(on));
}

function directMessages() {
  const id = conversation();
  const { name } = model.server.bot;
  const empty = {
    icon: "thread",
    title: "No direct messages",
    text: `When ${name} needs this person, it writes here.`,
  };
  if (!id) return blank(empty);
  return [
    messageList(id, empty),
    composer({ where: { channel: id }, label: `Message ${name}`, testid: "command-input" }),
  ];
}
