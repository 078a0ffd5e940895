// Block Kit's elements as native controls (https://docs.slack.dev/reference/block-kit/block-elements).

import { h, link, safeUrl } from "./dom.js";
import { icon } from "./icons.js";
import { act } from "./live.js";
import { done, update } from "./model.js";
import { text } from "./mrkdwn.js";
import { answer, domId, optionsOf, values } from "./values.js";

export function element(spec, block, on) {
  const draw = ELEMENTS[spec.type] ?? unknown;
  return draw(spec, block, on);
}

const ELEMENTS = {
  button,
  overflow,
  checkboxes: choices,
  image: (spec) => picture(spec),
  plain_text_input: textInput,
  radio_buttons: choices,
  static_select: select,
  users_select: select,
};

export function picture({ image_url: url, alt_text: alt }) {
  return h("img", { src: safeUrl(url), alt, title: alt });
}

function unknown(spec) {
  return h("span", { class: "unshown" }, `${spec.type}, which this page does not draw`);
}

// --- Acting ---

async function send(control, spec, block, on, chosen) {
  if (control.getAttribute("aria-busy")) return;
  control.setAttribute("aria-busy", "true");
  const { type, action_id } = spec;
  const accepted = await act(
    on.where,
    { type, action_id, block_id: block.block_id, ...chosen },
    { values: values(on) },
  );
  control.removeAttribute("aria-busy");
  if (accepted && type === "button") done(spec.text.text);
}

function press(control, spec, block, on, chosen) {
  const go = () => send(control, spec, block, on, chosen);
  if (spec.confirm) update({ confirming: { ...spec.confirm, go } });
  else go();
}

function button(spec, block, on) {
  const chosen = { text: spec.text, ...(spec.value !== undefined && { value: spec.value }) };
  const props = {
    key: spec.action_id,
    class: `button ${spec.style ?? ""}`,
    "aria-label": spec.accessibility_label,
  };
  if (spec.url) {
    return link(spec.url, text(spec.text), {
      ...props,
      onclick: (event) => send(event.currentTarget, spec, block, on, chosen),
    });
  }
  const onclick = (event) => press(event.currentTarget, spec, block, on, chosen);
  return h("button", { ...props, type: "button", onclick }, text(spec.text));
}

function overflow(spec, block, on) {
  const choose = (option) => (event) => {
    const menu = event.currentTarget.closest("details");
    menu.open = false;
    press(menu, spec, block, on, { selected_option: option });
  };
  const items = spec.options.map((option) => {
    const props = { class: "menu-item", type: "button", onclick: choose(option) };
    return option.url ? link(option.url, text(option.text), props) : h("button", props, text(option.text));
  });
  return h(
    "details",
    { key: spec.action_id, class: "menu" },
    h("summary", { class: "button", "aria-label": "More actions" }, icon("more")),
    h("div", { class: "menu-items" }, items),
  );
}

// --- Choosing and writing ---

// Inside an input block an element waits for the submit; elsewhere, and with dispatch_action, it acts at once.
function dispatch(spec, block, on) {
  if (block.type === "input" && !block.dispatch_action) return null;
  return (event) => press(event.currentTarget, spec, block, on, answer(event.currentTarget, spec));
}

function common(spec, block, on) {
  const id = domId(spec, block, on);
  const error = on.errors[block.block_id];
  const label =
    block.type === "input"
      ? { "aria-labelledby": `${id}/label` }
      : { "aria-label": spec.placeholder?.text ?? spec.action_id };
  return {
    id,
    key: id,
    ...label,
    "aria-invalid": error ? "true" : null,
    "aria-describedby": error ? `${id}/error` : null,
  };
}

const isRequired = (block) => block.type === "input" && !block.optional;

function select(spec, block, on) {
  const initial = { value: spec.initial_option?.value ?? spec.initial_user ?? "" };
  const groups = spec.option_groups?.map((group) =>
    h("optgroup", { label: group.label.text }, group.options.map(option)),
  );
  const props = { ...common(spec, block, on), class: "select", required: isRequired(block), initial };
  return h(
    "select",
    { ...props, onchange: dispatch(spec, block, on) },
    h("option", { value: "" }, spec.placeholder?.text ?? "Choose…"),
    groups ?? optionsOf(spec).map(option),
  );
}

const option = (each) => h("option", { value: each.value }, text(each.text));

function choices(spec, block, on) {
  const kind = spec.type === "checkboxes" ? "checkbox" : "radio";
  const { id, ...props } = common(spec, block, on);
  const initial = [spec.initial_option, ...(spec.initial_options ?? [])].map((each) => each?.value);
  const items = spec.options.map((each) => {
    const required = kind === "radio" && isRequired(block);
    const box = {
      type: kind,
      name: id,
      value: each.value,
      required,
      initial: { checked: initial.includes(each.value) },
    };
    return h(
      "label",
      { class: "choice", key: each.value },
      h("input", box),
      h("span", {}, text(each.text), each.description && h("small", {}, text(each.description))),
    );
  });
  return h(
    "fieldset",
    {
      ...props,
      id,
      class: "choices",
      role: kind === "radio" ? "radiogroup" : "group",
      onchange: dispatch(spec, block, on),
    },
    items,
  );
}

function textInput(spec, block, on) {
  const count = (field) =>
    field.parentElement.setAttribute("data-count", `${field.value.length} / ${spec.max_length}`);
  const limits = { maxlength: spec.max_length, minlength: spec.min_length, required: isRequired(block) };
  const props = {
    ...common(spec, block, on),
    ...limits,
    class: "text-input",
    placeholder: spec.placeholder?.text,
    initial: { value: spec.initial_value ?? "" },
    oninput: spec.max_length ? (event) => count(event.currentTarget) : null,
    after: spec.max_length ? count : null,
    onchange: dispatch(spec, block, on),
  };
  const field = spec.multiline
    ? h("textarea", { ...props, rows: 6 })
    : h("input", { ...props, type: "text" });
  return h("div", { class: "counted" }, field);
}
