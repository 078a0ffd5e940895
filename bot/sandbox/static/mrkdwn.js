// Slack's mrkdwn as nodes (https://docs.slack.dev/messaging/formatting-message-text).

import * as dates from "./dates.js";
import { h, link } from "./dom.js";
import { emojify } from "./emoji.js";
import { author, channel, model, update } from "./model.js";

// A Block Kit text object, or the plain string of a message's `text`.
export function text(object) {
  if (object.type === "plain_text")
    return object.emoji === false ? unescape(object.text) : plain(object.text);
  return mrkdwn(object.text, !object.verbatim);
}

export function mrkdwn(source, autolink = true) {
  return source
    .split(/```\n?([\s\S]+?)\n?```/)
    .map((part, index) => (index % 2 ? codeBlock(part) : paragraphs(part, autolink)));
}

const codeBlock = (source) =>
  h("pre", {}, unescape(source.replace(/<([^|>]+)(?:\|([^>]*))?>/g, (_, url, label) => label ?? url)));

// Consecutive quoted lines share one bar; other line breaks are kept by the style sheet.
function paragraphs(source, autolink) {
  const runs = [];
  for (const line of source.split("\n")) {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    const content = quoted ? line.slice(quoted[0].length) : line;
    const run = runs.at(-1);
    if (run?.quoted === Boolean(quoted)) run.lines.push(content);
    else runs.push({ quoted: Boolean(quoted), lines: [content] });
  }
  return runs.map(({ quoted, lines }) => {
    const nodes = lines.map((line, index) => [index ? "\n" : "", inline(line, autolink)]);
    return quoted ? h("blockquote", {}, nodes) : nodes;
  });
}

// Code, <…>, a bare address or emphasis, whichever stands first; only emphasis is looked into again.
const CODE = "`([^`]+)`";
const REFERENCE = "<([^<>]+)>";
const ADDRESS = "(https?://[^\\s<>|]*[^\\s<>|.,;:!?)'\"*_~])";
const EMPHASIS = "(?<![\\p{L}\\p{N}*_~])([*_~])(?=\\S)(.*?\\S)\\4(?![\\p{L}\\p{N}*_~])";
const TOKEN = new RegExp([CODE, REFERENCE, ADDRESS, EMPHASIS].join("|"), "su");
const STYLES = { "*": "strong", _: "em", "~": "s" };

function inline(source, autolink) {
  const match = TOKEN.exec(source);
  if (!match) return plain(source);
  const rest = source.slice(match.index + match[0].length);
  return [plain(source.slice(0, match.index)), token(match, autolink), inline(rest, autolink)];
}

function token([, code, target, address, sign, inner], autolink) {
  if (code) return h("code", {}, unescape(code));
  if (target) return reference(target);
  if (address) return autolink ? link(unescape(address), unescape(address)) : plain(address);
  return h(STYLES[sign], {}, inline(inner, autolink));
}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const unescape = (source) => source.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
const plain = (source) => emojify(unescape(source));

function reference(inner) {
  const [target, ...rest] = inner.split("|");
  const label = rest.length ? plain(rest.join("|")) : null;
  if (target.startsWith("@"))
    return mention(`@${author(target.slice(1)).name.split(" ")[0]}`, target.slice(1) === model.persona);
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(unescape(target), label ?? unescape(target).replace(/^mailto:/, ""));
}

const mention = (name, isMe) => h("span", { class: isMe ? "mention me" : "mention" }, name);

function channelLink(id, label) {
  const open = () => update({ place: { channel: id }, thread: null });
  const name = channel(id)?.name;
  return name
    ? h("button", { class: "mention", type: "button", onclick: open }, `#${name}`)
    : mention(`#${label ?? id}`);
}

function special(command, label) {
  const [name, first, pattern, url] = command.split("^");
  if (name === "date") {
    const shown = dates.format(dates.ofTs(first), pattern ?? "") ?? label ?? "";
    return h("time", { title: dates.ofTs(first).toLocaleString() }, url ? link(unescape(url), shown) : shown);
  }
  if (name === "subteam") {
    const group = model.server.usergroups.find((each) => each.id === first);
    return mention(group ? `@${group.handle}` : (label ?? first));
  }
  return mention(`@${name}`);
}
