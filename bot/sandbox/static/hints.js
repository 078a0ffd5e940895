// The line that leads a newcomer once around.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { model, update } from "./model.js";
import { iconButton } from "./parts.js";

// A step is done when the button of that name was pressed with success; reading counts once an answer was sent.
const HINTS = [
  { step: "Mail", before: "", verb: "Send", after: " a mail as the customer" },
  { step: "Claim", before: "Press ", verb: "Claim", after: " in Slack" },
  { step: "Send", before: "", verb: "Reply", after: " to the customer" },
  { step: "Read", before: "", verb: "Read", after: " it in the inbox" },
];

export function hints() {
  const next = HINTS.findIndex(({ step }) => !model.steps.includes(step));
  const item = ({ step, before, verb, after }, index) => {
    const isDone = model.steps.includes(step);
    return h(
      "li",
      { key: step, class: isDone ? "done" : "", "aria-current": index === next ? "step" : null },
      h("span", { class: "step" }, isDone ? icon("check") : index + 1),
      h("span", {}, before, h("b", {}, verb), after),
    );
  };
  return h(
    "div",
    { class: "hints", key: "hints" },
    next < 0
      ? h(
          "p",
          {},
          h("b", {}, "That is the whole loop."),
          " Now escalate a ticket and answer as Kim, type /support, or send a burst of 20.",
        )
      : h("ol", { "aria-label": "First steps" }, HINTS.map(item)),
    iconButton("Hide the first steps", "close", () => update({ hintHidden: true })),
  );
}
