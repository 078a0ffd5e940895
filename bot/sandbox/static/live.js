// The wire: posts what a person does, and fetches the state again whenever the backend says that it changed.

import { done, isReply, model, ownDm, toast, update } from "./model.js";

// Sends one deed. Answers the backend's JSON, or null after telling the person what went wrong.
export async function post(path, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`/sandbox/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body ?? {}),
    });
    const answer = await response.json().catch(() => ({}));
    if (answer.ok) return answer;
    toast(sentence(answer.error ?? `The sandbox answered ${response.status}.`));
  } catch {
    toast("The sandbox does not answer. Is the demo still running?");
  }
  return null;
}

// The backend gives words for people, or one of Slack's error names.
const sentence = (error) =>
  error.includes(" ") ? error : `That did not work: ${error.replaceAll("_", " ")}.`;

// Presses or chooses something in a message ({channel, ts}) or a view ({view_id}).
export function act(where, action, state) {
  return post("action", { user: model.persona, ...where, action, state });
}

let fetching = false;
let stale = false;

async function refetch() {
  stale = true;
  if (fetching) return;
  fetching = true;
  while (stale) {
    stale = false;
    await fetchState();
  }
  fetching = false;
}

async function fetchState() {
  try {
    const response = await fetch("/sandbox/state", { cache: "no-store" });
    accept(await response.json());
  } catch {
    update({ connected: false });
  }
}

function accept(server) {
  const before = model.server;
  const persona = server.people.some((each) => each.id === model.persona)
    ? model.persona
    : server.people[0].id;
  const known = server.channels.some((each) => each.id === model.place?.channel);
  const place = known || model.place?.app ? model.place : { channel: server.channels[0].id };
  update({ server, persona, place, connected: true });
  if (before) announce(before, server);
}

function announce(before, after) {
  const heard = new Set(before.toasts.map(toastKey));
  after.toasts
    .filter((each) => !heard.has(toastKey(each)) && concernsMe(each))
    .forEach((each) => toast(each.text));
  const oldMail = new Set(before.inbox.map((mail) => mail.id));
  const mail = after.inbox.find((each) => !oldMail.has(each.id));
  if (mail) return say(`New mail: ${mail.subject}`);
  for (const { id, name } of [...after.channels, { ...ownDm(), name: "a direct message" }]) {
    const fresh = (after.messages[id] ?? []).filter(
      (each) => each.ts > (before.messages[id]?.at(-1)?.ts ?? ""),
    );
    if (fresh.length)
      return say(`${isReply(fresh[0]) ? "New reply" : "New message"} in ${name}: ${fresh[0].text}`);
  }
}

const toastKey = (each) => each.id ?? JSON.stringify(each);
const concernsMe = (each) => !each.user || each.user === model.persona;

function say(text) {
  document.getElementById("announcer").textContent = text;
}

export function listen() {
  const events = new EventSource("/sandbox/events");
  events.onopen = refetch;
  events.addEventListener("change", refetch);
  events.onerror = () => update({ connected: false });
  refetch();
}

// --- Deeds with an effect on this page too ---

export async function openHome() {
  update({ place: { app: "home" }, thread: null });
  await post("home", { user: model.persona });
}

export async function speak(text, where) {
  const said = text.trim();
  if (said.startsWith("/"))
    return post("command", { user: model.persona, channel: where.channel, text: said });
  return post("message", { user: model.persona, thread_ts: null, ...where, text: said });
}

export async function sendMail(mail) {
  const answer = await post("mail", mail);
  if (answer) done("Mail");
  return answer;
}
