// What the page knows: the backend's state as it came, and what this browser chose to look at.

const STORE = "deskbell.sandbox";
const REMEMBERED = ["persona", "place", "read", "opened", "theme", "steps", "hintHidden"];

export const model = {
  server: null,
  persona: null,
  place: null, // {channel: id} or {app: "home" | "messages"}
  thread: null, // ts of the message whose thread is open
  world: "slack", // which half a narrow window shows
  mailbox: "compose", // compose, inbox or sent
  mail: null, // id of the open inbox mail
  mailAs: "html",
  draft: {},
  draftNumber: 0,
  read: {}, // persona -> channel -> newest ts seen
  opened: [], // ids of inbox mails that were opened
  steps: [], // labels of the hint line's steps that were done
  hintHidden: false,
  theme: null, // light, dark or null: as the system says
  confirming: null,
  toasts: [],
  connected: true,
  ...restored(),
};

let redraw = () => {};
let drawing = false;

export function onChange(draw) {
  redraw = draw;
}

// Changes the model and redraws once for all changes of the same turn.
export function update(changes) {
  Object.assign(model, changes);
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    localStorage.setItem(
      STORE,
      JSON.stringify(Object.fromEntries(REMEMBERED.map((name) => [name, model[name]]))),
    );
    redraw();
  });
}

function restored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

export function done(step) {
  if (!model.steps.includes(step)) update({ steps: [...model.steps, step] });
}

let toastNumber = 0;

export function toast(text, kind = "error") {
  toastNumber += 1;
  const shown = { id: toastNumber, text, kind };
  update({ toasts: [...model.toasts.slice(-3), shown] });
  setTimeout(() => dismiss(shown.id), kind === "error" ? 9000 : 4500);
}

export function dismiss(id) {
  update({ toasts: model.toasts.filter((each) => each.id !== id) });
}

// --- Questions about the backend's state ---

export const channel = (id) => model.server.channels.find((each) => each.id === id);
export const ownDm = (user = model.persona) => model.server.dms.find((each) => each.user === user);
export const views = () => model.server.views[model.persona] ?? [];

// The conversation in the middle: a channel's id, the DM with Deskbell, or nothing (App Home).
export function conversation() {
  if (model.place.app) return model.place.app === "messages" ? ownDm()?.id : undefined;
  return model.place.channel;
}

export function author(id) {
  const { bot, people } = model.server;
  if (id === bot.id) return { id, name: bot.name, isBot: true };
  const index = people.findIndex((each) => each.id === id);
  return index < 0 ? { id, name: id, hue: 0 } : { id, name: people[index].real_name, hue: index + 1 };
}

// Every message of a conversation that the persona may see.
export function visible(channelId, user = model.persona) {
  const all = model.server.messages[channelId] ?? [];
  return all.filter((message) => !message.ephemeral_to || message.ephemeral_to === user);
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

export function unread(channelId, user = model.persona) {
  const seen = model.read[user]?.[channelId] ?? "";
  return visible(channelId, user).filter((message) => message.ts > seen && message.user !== user).length;
}

export function markRead(channelId) {
  const newest = visible(channelId).at(-1)?.ts;
  const mine = model.read[model.persona] ?? {};
  if (!newest || mine[channelId] === newest) return;
  update({ read: { ...model.read, [model.persona]: { ...mine, [channelId]: newest } } });
}
