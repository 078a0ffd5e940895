// Reading what a person put into the elements of a surface.

import { model } from "./model.js";

export const domId = (spec, block, on) => `${on.id}/${block.block_id}/${spec.action_id}`;

// What a control holds, as the fields of Slack's action and state objects.
export const answer = (node, spec) => READERS[spec.type](node, spec);

const READERS = {
  static_select: (node, spec) => ({
    selected_option: optionsOf(spec).find((each) => each.value === node.value) ?? null,
  }),
  users_select: (node) => ({ selected_user: node.value || null }),
  plain_text_input: (node) => ({ value: node.value || null }),
  radio_buttons: (node, spec) => ({ selected_option: checked(node, spec)[0] ?? null }),
  checkboxes: (node, spec) => ({ selected_options: checked(node, spec) }),
};

function checked(node, spec) {
  return spec.options.filter((each) =>
    [...node.querySelectorAll(":checked")].some((box) => box.value === each.value),
  );
}

export function optionsOf(spec) {
  if (spec.type !== "users_select")
    return spec.options ?? spec.option_groups.flatMap((group) => group.options);
  return model.server.people.map(({ id, real_name }) => ({
    value: id,
    text: { type: "plain_text", text: real_name },
  }));
}

// `state.values` of a surface: {block id: {action id: {type, what was chosen}}}.
export function values(on) {
  const result = {};
  for (const block of on.blocks) {
    for (const spec of answerable(block)) {
      const given = { type: spec.type, ...answer(document.getElementById(domId(spec, block, on)), spec) };
      result[block.block_id] = { ...result[block.block_id], [spec.action_id]: given };
    }
  }
  return result;
}

function answerable(block) {
  const specs = [block.element, block.accessory, ...(block.elements ?? [])];
  return specs.filter((spec) => READERS[spec?.type]);
}
