// A small keyed DOM patcher. Views are pure functions from state to h(...) trees; patching in place is what keeps
// scroll positions, focus and half-typed text alive. Text only ever enters the page as text nodes and attributes.

const SVG = "http://www.w3.org/2000/svg";
const last = new WeakMap(); // DOM node -> the vnode that it shows
let pending = []; // `after` hooks, outer before inner, run once the whole tree stands in the document

// Props: `key` pairs a node with its former self; `initial` sets live properties once, so that typing is never
// overwritten; `before(node)` runs ahead of a patch and hands its result to `after(node, memo)`, which gets
// undefined for a new node; `removed(node)`; `on…` are handlers; all others are attributes.
export function h(tag, props, ...children) {
  const shown = children.flat(Infinity).filter((child) => child || child === 0);
  return {
    tag,
    props: props ?? {},
    children: shown.map((child) => (child.tag ? child : { text: String(child) })),
  };
}

export function render(root, children) {
  const focused = ancestry(document.activeElement);
  patch(root, children);
  const hooks = pending;
  pending = [];
  hooks.forEach((hook) => hook());
  keepFocusNear(focused);
}

// When a focused button is replaced (Claim by Release), the keyboard stays at the message that held it.
function keepFocusNear(path) {
  if (!path.length || path[0].isConnected) return;
  path.find((node) => node.isConnected && node.tabIndex === -1 && node.hasAttribute("tabindex"))?.focus();
}

function ancestry(node) {
  return node && node !== document.body ? [node, ...ancestry(node.parentElement)] : [];
}

function patch(parent, vnodes) {
  const claims = pairUp([...parent.childNodes], vnodes);
  let cursor = parent.firstChild;
  for (const [index, vnode] of vnodes.entries()) {
    const old = claims[index];
    if (old) refresh(old, vnode);
    if (old && old === cursor) cursor = old.nextSibling;
    else parent.insertBefore(old ?? create(vnode, parent), cursor);
  }
}

// Decides which old node each vnode takes over, and removes the rest first: what stays need not move then, and a node
// that moves would lose its focus, its scroll position and the document of an iframe.
function pairUp(nodes, vnodes) {
  const byIdentity = new Map();
  for (const node of nodes) {
    const identity = identify(last.get(node));
    byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), node]);
  }
  const claims = vnodes.map((vnode) => byIdentity.get(identify(vnode))?.shift());
  const kept = new Set(claims);
  nodes.filter((node) => !kept.has(node)).forEach(remove);
  return claims;
}

function identify(vnode) {
  return vnode ? `${vnode.tag ?? "#text"} ${vnode.props?.key ?? ""}` : "";
}

function remove(node) {
  for (const each of [node, ...(node.querySelectorAll?.("dialog") ?? [])])
    last.get(each)?.props?.removed?.(each);
  node.remove();
}

function create(vnode, parent) {
  if (vnode.tag === undefined) return remember(document.createTextNode(vnode.text), vnode);
  const namespace = vnode.tag === "svg" ? SVG : parent.namespaceURI;
  const node = document.createElementNS(namespace, vnode.tag);
  setProps(node, {}, vnode.props);
  if (vnode.props.after) pending.push(() => vnode.props.after(node, undefined));
  patch(node, vnode.children);
  Object.assign(node, vnode.props.initial);
  return remember(node, vnode);
}

function refresh(node, vnode) {
  if (vnode.tag === undefined) {
    if (node.data !== vnode.text) node.data = vnode.text;
  } else {
    const memo = vnode.props.before?.(node) ?? null;
    setProps(node, last.get(node).props, vnode.props);
    if (vnode.props.after) pending.push(() => vnode.props.after(node, memo));
    patch(node, vnode.children);
  }
  remember(node, vnode);
}

function remember(node, vnode) {
  last.set(node, vnode);
  return node;
}

const HOOKS = new Set(["key", "initial", "before", "after", "removed"]);

function setProps(node, old, props) {
  for (const name of Object.keys({ ...old, ...props })) {
    const value = props[name] ?? null;
    if (HOOKS.has(name) || value === (old[name] ?? null)) continue;
    if (name.startsWith("on")) node[name] = value;
    else if (typeof value === "boolean" && !name.startsWith("aria-")) node.toggleAttribute(name, value);
    else if (value === null) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
}

// The address if a person may safely follow it, else null.
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function link(url, children, props) {
  const href = safeUrl(url);
  return href
    ? h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, children)
    : h("span", {}, children);
}
