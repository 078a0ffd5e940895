// Small parts that many panes are made of.

import { h } from "./dom.js";
import { icon } from "./icons.js";

export function iconButton(label, name, onclick, testid) {
  const props = { class: "icon-button", type: "button", "aria-label": label, "data-testid": testid, onclick };
  return h("button", props, icon(name));
}

// What a pane shows while it is empty.
export function blank({ icon: name, title, text }) {
  const mark = h("span", { class: "blank-icon" }, icon(name));
  return h("div", { class: "blank" }, mark, h("h3", {}, title), h("p", {}, text));
}
