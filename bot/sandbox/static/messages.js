// Messages: a conversation's list and the thread beside it.

import * as blockkit from "./blockkit.js";
import { composer } from "./composer.js";
import * as dates from "./dates.js";
import { h } from "./dom.js";
import { files } from "./files.js";
import { icon } from "./icons.js";
import { author, channel, conversation, isReply, model, update, visible } from "./model.js";
import { mrkdwn } from "./mrkdwn.js";
import { blank, iconButton } from "./parts.js";
import { avatar } from "./people.js";

export function messageList(channelId, empty) {
  const shown = visible(channelId);
  const roots = shown.filter((message) => !isReply(message));
  if (!roots.length) return blank(empty);
  return scroller(
    `list/${channelId}`,
    roots.flatMap((message, index) => {
      const replies = shown.filter((each) => each.thread_ts === message.ts && isReply(each));
      return [dayDivider(message, roots[index - 1]), article(message, channelId, "list", replies)];
    }),
  );
}

// Follows the newest message while the reader is at the end; a reader further up is left in peace.
function scroller(key, children) {
  const isAtEnd = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 60;
  const toEnd = (node) => node.scrollTo({ top: node.scrollHeight });
  const props = {
    key,
    class: "scroller",
    tabindex: "0",
    role: "log",
    "aria-label": "Messages",
    "aria-live": "off",
    before: isAtEnd,
    after: (node, wasAtEnd) => wasAtEnd === false || toEnd(node),
  };
  return h("div", props, children);
}

function dayDivider(message, previous) {
  const day = (each) => dates.ofTs(each.ts).toDateString();
  if (previous && day(previous) === day(message)) return null;
  const label = dates.format(dates.ofTs(message.ts), "{day_divider_pretty}");
  return h("div", { class: "day", key: `day/${label}` }, h("span", {}, label));
}

function article(message, channelId, place, replies) {
  const { name, isBot } = author(message.user);
  const at = dates.ofTs(message.ts);
  const content = JSON.stringify([message.text, message.blocks, message.files]);
  const props = {
    key: message.ts,
    class: `message ${message.ephemeral_to ? "ephemeral" : ""}`,
    tabindex: "-1",
    "data-testid": place === "thread" ? "thread-message" : "message",
    "data-ts": message.ts,
    ...moving(content, at),
  };
  const head = h(
    "header",
    { class: "message-head" },
    h("b", {}, name),
    isBot && h("span", { class: "app-tag" }, "App"),
    h("time", { title: at.toLocaleString() }, dates.format(at, "{time}")),
    message.edited && h("span", { class: "edited" }, "edited"),
  );
  return h(
    "article",
    props,
    avatar(message.user),
    h(
      "div",
      { class: "message-main" },
      message.ephemeral_to && h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
      head,
      body(message, channelId, place),
      files(message.files),
      replies && threadButton(message, replies),
    ),
  );
}

function body(message, channelId, place) {
  if (!message.blocks.length) return h("div", { class: "rich" }, mrkdwn(message.text));
  const on = blockkit.surface(
    `${place}/${message.ts}`,
    { channel: channelId, ts: message.ts },
    message.blocks,
  );
  return h("div", { class: "blocks" }, blockkit.draw(on));
}

const contents = new WeakMap(); // article -> what it last showed

// A message of the last seconds slides in; an edited one lights up for a moment.
function moving(content, at) {
  return {
    before: (node) => contents.get(node),
    after: (node, before) => {
      contents.set(node, content);
      const isNew = before === undefined;
      if (matchMedia("(prefers-reduced-motion: reduce)").matches || before === content) return;
      if (!isNew)
        node.animate([{ backgroundColor: "var(--flash)" }, {}], { duration: 1600, easing: "ease-out" });
      else if (Date.now() - at < 4000)
        node.animate([{ opacity: 0, transform: "translateY(10px)" }, {}], {
          duration: 320,
          easing: "ease-out",
        });
    },
  };
}

// --- Threads ---

function threadButton(message, replies) {
  const open = () => update({ thread: message.ts });
  const props = { type: "button", "data-testid": "thread-open", onclick: open };
  if (!replies.length)
    return h("button", { ...props, class: "thread-open quiet" }, icon("thread"), "Reply in thread");
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 3).map(avatar);
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const lastReply = dates.format(dates.ofTs(replies.at(-1).ts), "Last reply {date_short_pretty} at {time}");
  return h(
    "button",
    { ...props, class: "thread-open" },
    faces,
    h("b", {}, count),
    h("span", { class: "thread-last" }, lastReply),
  );
}

function placeOf(channelId) {
  const known = channel(channelId);
  return known ? `#${known.name}` : model.server.bot.name;
}

export function thread() {
  const channelId = conversation();
  const shown = channelId ? visible(channelId) : [];
  const root = shown.find((message) => message.ts === model.thread);
  if (!root) return null;
  const close = () => update({ thread: null });
  const replies = shown.filter((message) => message.thread_ts === root.ts && isReply(message));
  return h(
    "aside",
    {
      class: "pane thread",
      key: `thread/${root.ts}`,
      "aria-label": "Thread",
      onkeydown: (event) => event.key === "Escape" && close(),
    },
    h(
      "header",
      { class: "pane-head" },
      h("h2", {}, "Thread", h("span", { class: "thread-of" }, placeOf(channelId))),
      iconButton("Close thread", "close", close, "thread-close"),
    ),
    scroller(
      `thread/${root.ts}`,
      [root, ...replies].map((message) => article(message, channelId, "thread")),
    ),
    composer({
      where: { channel: channelId, thread_ts: root.ts },
      label: "Reply in the thread (stays internal)",
      testid: "thread-input",
    }),
  );
}
