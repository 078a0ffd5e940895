// The files of the mail that is being written.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { model, update } from "./model.js";
import { iconButton } from "./parts.js";

export function attachments() {
  const files = model.draft.attachments ?? [];
  if (!files.length) return null;
  const remove = (gone) =>
    update({ draft: { ...model.draft, attachments: files.filter((each) => each !== gone) } });
  return h(
    "div",
    { class: "attachments" },
    files.map((file) =>
      h(
        "span",
        { class: "file", key: file.filename },
        icon("attach"),
        file.filename,
        iconButton(`Remove ${file.filename}`, "close", () => remove(file)),
      ),
    ),
  );
}

export function attachButton() {
  return h(
    "label",
    { class: "button plain attach" },
    icon("attach"),
    "Attach files",
    h("input", {
      class: "visually-hidden",
      type: "file",
      multiple: true,
      "data-testid": "compose-attach",
      onchange: attach,
    }),
  );
}

async function attach(event) {
  const input = event.currentTarget;
  const added = await Promise.all([...input.files].map(encoded));
  input.value = "";
  update({ draft: { ...model.draft, attachments: [...(model.draft.attachments ?? []), ...added] } });
}

function encoded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => {
      const content = reader.result.slice(reader.result.indexOf(",") + 1);
      resolve({ filename: file.name, contentType: file.type || "application/octet-stream", content });
    };
    reader.readAsDataURL(file);
  });
}
