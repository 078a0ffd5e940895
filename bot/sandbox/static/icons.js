// Line icons on a 20-unit grid, drawn with the current text colour.

import { h } from "./dom.js";

const PATHS = {
  attach: "M13.5 6.5 8 12a1.8 1.8 0 0 0 2.5 2.5l6-6a3.5 3.5 0 0 0-5-5l-6.3 6.3a5.3 5.3 0 0 0 7.5 7.5l4.3-4.3",
  back: "M12 4.5 6.5 10l5.5 5.5",
  burst: "M11 2.5 4.5 11.5H10l-1 6 6.5-9H10z",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  close: "m5 5 10 10M15 5 5 15",
  down: "M10 4v12M5 11l5 5 5-5",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  file: "M5 2.5h6.5l4 4v11H5zM11.5 2.5v4h4M7.5 10.5h5M7.5 13.5h5",
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5",
  inbox: "M3 11.5 5 4.5h10l2 7v4.5H3zM3 11.5h4l1 2h4l1-2h4",
  mail: "M2.5 5h15v10.5h-15zM3 5.5l7 6 7-6",
  moon: "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  pen: "m4 16 .8-3.5L13.5 3.8l2.7 2.7-8.7 8.7zM11.8 5.5l2.7 2.7",
  reply: "M8 5 3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5",
  reset: "M4 10a6 6 0 1 0 2-4.5M4 3.5V7h3.5",
  send: "M3.5 10 3 3.5 17.5 10 3 16.5zM3.5 10h7",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  thread: "M3 4h14v9.5H9.5L6 16.5v-3H3z",
  warning: "M10 3 2.5 16.5h15zM10 8v4M10 14.3v.01",
};

export function icon(name) {
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" },
    h("path", { d: PATHS[name] }),
  );
}

// Deskbell's own mark: a desk bell.
export function bell() {
  const d = "M4 13.5a6 6 0 0 1 12 0M3 13.5h14M10 7.5V5.5M8.3 5.2h3.4";
  return h("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, h("path", { d }));
}
