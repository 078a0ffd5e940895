// Block Kit's blocks as Slack lays them out (https://docs.slack.dev/reference/block-kit/blocks).
//
// A surface is where blocks stand: {id: unique on the page, where: what an action tells the backend ({channel, ts} or
// {view_id}), blocks, errors: {block id: text}}.

import { h } from "./dom.js";
import { element, picture } from "./elements.js";
import { text } from "./mrkdwn.js";
import { domId } from "./values.js";

export function surface(id, where, blocks, errors = {}) {
  const named = blocks.map((block, index) => ({ ...block, block_id: block.block_id ?? `block-${index}` }));
  return { id, where, errors, blocks: named };
}

export function draw(on) {
  return on.blocks.map((block) => {
    const key = `${block.type}/${block.block_id}`;
    return h("div", { key, class: `block block-${block.type}` }, (BLOCKS[block.type] ?? unknown)(block, on));
  });
}

const BLOCKS = {
  actions: (block, on) => block.elements.map((spec) => element(spec, block, on)),
  context: (block) => block.elements.map((spec) => (spec.type === "image" ? picture(spec) : rich(spec))),
  divider: () => h("hr"),
  header: (block) => h("h3", {}, text(block.text)),
  image: (block) => [block.title && h("p", { class: "image-title" }, text(block.title)), picture(block)],
  input,
  rich_text: (block) => h("div", { class: "rich" }, block.elements.map(richElement)),
  section,
};

const RICH = { rich_text_preformatted: "pre", rich_text_quote: "blockquote", rich_text_section: "div" };

// Words of rich text are shown as they are: no emphasis, no links, no emoji names.
function richElement({ type, elements }) {
  const words = elements.map((part) => (part.type === "text" ? part.text : unknown(part)));
  return RICH[type] ? h(RICH[type], { dir: "auto" }, words) : unknown({ type });
}

const rich = (object) => h("div", { class: "rich" }, text(object));

function section(block, on) {
  const fields = block.fields && h("div", { class: "fields" }, block.fields.map(rich));
  return [
    h("div", { class: "section-main" }, block.text && rich(block.text), fields),
    block.accessory && h("div", { class: "accessory" }, element(block.accessory, block, on)),
  ];
}

function input(block, on) {
  const id = domId(block.element, block, on);
  const error = on.errors[block.block_id];
  return [
    h(
      "label",
      { class: "label", for: id, id: `${id}/label` },
      text(block.label),
      block.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    element(block.element, block, on),
    error && h("p", { class: "field-error", id: `${id}/error`, role: "alert" }, error),
    block.hint && h("p", { class: "field-hint" }, text(block.hint)),
  ];
}

function unknown(block) {
  return h("p", { class: "unshown" }, `${block.type}, which this page does not draw`);
}
