// Faces, and the switch of who is looking at Slack.

import { h } from "./dom.js";
import { bell } from "./icons.js";
import { openHome } from "./live.js";
import { author, model, ownDm, unread, update } from "./model.js";

export function avatar(id) {
  const { name, isBot, hue } = author(id);
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0])
    .join("");
  return h(
    "span",
    { class: `avatar ${isBot ? "bot" : `hue-${hue}`}`, "aria-hidden": "true" },
    isBot ? bell() : letters,
  );
}

export function personas() {
  return h(
    "div",
    { class: "personas", role: "group", "aria-label": "Who I am in Slack" },
    model.server.people.map(persona),
  );
}

function persona({ id, real_name: name, role }) {
  const called = id !== model.persona && ownDm(id) && unread(ownDm(id).id, id) > 0;
  const props = {
    key: id,
    class: "persona",
    type: "button",
    "data-testid": `persona-${id}`,
    title: `${name}, ${role}`,
    "aria-pressed": String(id === model.persona),
    onclick: () => become(id),
  };
  const badge = called && h("span", { class: "dot", "aria-label": "has unread messages" });
  return h("button", props, avatar(id), h("span", { class: "persona-name" }, name.split(" ")[0]), badge);
}

// Somebody else was called: what they came for is their direct message.
function become(id) {
  const dm = ownDm(id);
  const called = dm && unread(dm.id, id) > 0;
  update({ persona: id, thread: null, place: called ? { app: "messages" } : model.place });
  if (model.place.app === "home") openHome();
}
