// Wires the right half: writing in the channel and in threads, reacting, pressing, changing and deleting as an agent.

import { Agent } from "./api.js";
import { chooseEmoji, chooseShortcut, drawChannel, drawThread, jumpToEnd, stayAtEnd } from "./channel.js";
import { composer } from "./composer.js";
import { openCases } from "./cases.js";
import { advise, problem } from "./dialog.js";
import { byId } from "./dom.js";
import { asSent, editForm } from "./message.js";
import { drawModal } from "./modal.js";
import { add, fill, onPick } from "./picker.js";
import { roving } from "./roving.js";
import { t } from "./texts.js";
import { view } from "./view.js";

const drafts = new Map();

const acting = () => {
  const { api_url: address, agents, channel } = view.sandbox.slack;
  return new Agent(new URL(address).pathname, view.agent, agents.find(({ id }) => id === view.agent).token, channel);
};

const spoken = (text) => asSent(text, view.store.all("user"));

/** Do what was pressed; what Slack refuses is said under the box of the thread or of the channel. */
const attempt = async (deed) => {
  const line = view.thread === null ? "channel-problem" : "thread-problem";
  problem(line);
  try {
    await deed();
  } catch (error) {
    problem(line, reason(error));
  }
};

/** The app's silence in words; every other refusal as it came. */
const reason = ({ message }) => (SILENCE.has(message) ? t(message) : message);
const SILENCE = new Set(["dispatch_failed", "operation_timeout"]);

/** Set everything of this half going. `refresh()` reads the sandbox's description anew. */
export function startTeam(refresh) {
  onPick("agent", (id) => {
    view.agent = id;
    leaveEdit();
  });
  byId("agent-new").addEventListener("click", () => attempt(() => addAgent(refresh)));
  composer("channel", { send: writeInChannel, holds: besideTheThread, back: () => changeLast(null) });
  composer("thread", { send: writeInThread, escape: closeThread, back: () => changeLast(view.thread) });
  byId("messages-new").addEventListener("click", () => {
    jumpToEnd(byId("messages"));
    byId("messages").lastElementChild?.focus();
    view.store.touch();
  });
  byId("thread-close").addEventListener("click", closeThread);
  byId("thread").addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeThread();
  });
  byId("messages-older").addEventListener("click", () => {
    view.room.messages += 200;
    view.store.touch();
  });
  stayAtEnd(byId("messages"));
  stayAtEnd(byId("thread-messages"));
  roving(byId("messages"), (ts) => view.openThread(ts, true));
  roving(byId("thread-messages"), () => byId("thread-text").focus());
  view.openThread = openThread;
  view.react = (message, name, on) => attempt(() => acting().react(message.ts, name, on));
  view.press = (message, action) => attempt(() => acting().press(message.ts, action));
  view.deleteMessage = (message) => attempt(() => acting().remove(message.ts));
  view.pickReaction = (message, anchor) => attempt(async () => {
    const name = await chooseEmoji(anchor);
    if (name !== null) await acting().react(message.ts, name, true);
  });
  view.pickShortcut = (message) => attempt(async () => {
    const id = await chooseShortcut(view.shortcuts);
    if (id !== null) await acting().shortcut(message.ts, id);
  });
  view.dismiss = (message) => {
    view.dismissed.add(message.ts);
    view.store.touch();
  };
  view.edit = startEdit;
  view.pressInModal = (modal, action) => attempt(() => acting().pressInView(modal, action));
  view.answerModal = answerModal;
  window.addEventListener("hashchange", openLinked);
}

/** Send the agent's modal off, or close it when `values` is null; resolves with what went wrong, in words. */
async function answerModal(modal, values) {
  try {
    await acting().answerView(modal, values);
    return null;
  } catch (error) {
    return t("problem", { reason: reason(error) });
  }
}

/** A permalink leads here as `#slack/CHANNEL/TS`: open its thread. */
function openLinked() {
  const [, ts] = /^#slack\/[A-Z0-9]+\/([\d.]+)$/.exec(location.hash) ?? [];
  if (ts === undefined || view.store.get("message", ts) === null) return;
  history.replaceState(null, "", location.pathname);
  openThread(ts);
}

/** Whether this agent said that what is written in the channel is meant for it. */
let chats = false;

/** Ask before an answer to a customer ends in the channel, where no customer sees it. */
function besideTheThread(text) {
  const cases = openCases().filter(({ waits }) => waits);
  const found = cases.find(({ mine }) => mine) ?? cases.find(({ free }) => free);
  if (chats || found === undefined || text.startsWith("/")) return false;
  const box = byId("channel-text");
  advise("channel-advice", t("beside_thread"), [
    { label: t("beside_thread_go", { number: found.number, customer: found.customer }), act: () => {
      const words = box.value;
      box.value = "";
      openThread(found.ts, true);
      byId("thread-text").value = words;
    } },
    { label: t("beside_thread_stay"), act: () => {
      chats = true;
      byId("channel-form").requestSubmit();
      box.focus();
    } },
  ]);
  return true;
}

async function writeInChannel(text) {
  const command = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command === null) await acting().write(spoken(text));
  else {
    await acting().slash(command[1], command[2] ?? "").catch((error) => {
      throw new Error(reason(error));
    });
  }
}

async function writeInThread(text) {
  const command = /^\/[a-z0-9_-]+(?=\s|$)/.exec(text);
  if (command !== null) throw new Error(t("thread_no_slash", { command: command[0] }));
  await acting().write(spoken(text), view.thread);
}

async function addAgent(refresh) {
  const added = await add("agent");
  if (added === null) return;
  await refresh();
  view.agent = added.id;
  view.store.touch();
}

const itemOf = (ts) => byId("messages").querySelector(`[data-key="${CSS.escape(ts)}"]`);

/** Open the thread of a message; a reply shown in the channel leads to its root. `write` goes to its box. */
function openThread(ts, write = false) {
  const root = view.store.get("message", ts)?.thread_ts ?? ts;
  const box = byId("thread-text");
  if (view.thread !== null) drafts.set(view.thread, box.value);
  if (view.thread !== root) box.value = drafts.get(root) ?? "";
  problem("thread-problem");
  view.thread = root;
  drawTeam();
  const list = byId("thread-messages");
  list.scrollTop = list.scrollHeight;
  itemOf(root)?.scrollIntoView({ block: "nearest" });
  if (write) box.focus();
  else byId("thread-title").focus();
}

function closeThread() {
  if (view.thread === null) return;
  drafts.set(view.thread, byId("thread-text").value);
  const root = view.thread;
  view.thread = null;
  drawTeam();
  (itemOf(root) ?? byId("channel-text")).focus();
}

/** Change the last message that the agent wrote in the channel (`thread` null) or in a thread. */
function changeLast(thread) {
  const here = ({ ts, thread_ts: root }) => (thread === null ? (root ?? ts) === ts : root === thread && ts !== thread);
  const own = view.store.all("message").filter((message) => message.user === view.agent && here(message) && message.subtype !== "tombstone");
  const last = own.sort((one, other) => (one.ts < other.ts ? -1 : 1)).at(-1);
  if (last !== undefined) startEdit(last);
}

function startEdit(message) {
  const form = editForm(message, {
    leave: leaveEdit,
    save: (text) => attempt(async () => {
      await acting().edit(message.ts, spoken(text));
      leaveEdit();
    }),
  });
  view.editing = { ts: message.ts, form };
  drawTeam();
  form.querySelector("textarea").focus();
}

function leaveEdit() {
  view.editing = null;
  drawTeam();
}

/** Draw this half from the store. */
export function drawTeam() {
  const team = view.store.all("user").filter(({ bot }) => !bot);
  view.agent = fill("agent", team, view.agent, ({ name }) => name);
  view.names = JSON.stringify(view.store.all("user").map(({ id, name }) => [id, name]));
  byId("channel-name").textContent = view.store.get("channel", "channel")?.name ?? "";
  drawChannel(view);
  drawThread(view);
  drawModal(view);
  openLinked();
}
