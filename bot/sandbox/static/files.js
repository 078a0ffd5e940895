// The files of a message. Their names and contents are anybody's: a name is text, a content is only ever a download.

import { h } from "./dom.js";
import { icon } from "./icons.js";

export function files(shown) {
  if (!shown.length) return null;
  return h("div", { class: "shared-files" }, shown.map(file));
}

function file({ id, name, title, size }) {
  const props = {
    class: "shared-file",
    key: id,
    href: `/sandbox/files/${encodeURIComponent(id)}`,
    download: name,
    "data-testid": "file",
  };
  return h(
    "a",
    props,
    icon("file"),
    h(
      "span",
      { class: "shared-file-words" },
      h("b", {}, title),
      h("span", { class: "shared-file-facts" }, `${name}, ${inWords(size)}`),
    ),
  );
}

function inWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
