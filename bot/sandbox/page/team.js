// Wires the right half: writing in the channel and in threads, reacting, pressing, changing and deleting as an agent.

import { awaitAnswer, bringUpAnswers, stopAwaiting } from "./answers.js";
import { Agent } from "./api.js";
import { chooseEmoji, chooseShortcut, drawChannel, drawThread, startLists } from "./channel.js";
import { composer } from "./composer.js";
import { caseOf, openCases } from "./cases.js";
import { worked } from "./deeds.js";
import { advise, inWords, problem } from "./dialog.js";
import { byId, byKey } from "./dom.js";
import { asSent, editForm } from "./message.js";
import { drawModal } from "./modal.js";
import { add, fill, onPick } from "./picker.js";
import { changePresence, drawPresence, named } from "./presence.js";
import { roving } from "./roving.js";
import { bringUp, jumpToEnd } from "./scroll.js";
import { t } from "./texts.js";
import { view } from "./view.js";

const drafts = new Map();

const acting = () => {
  const { api_url: address, agents, channel } = view.sandbox.slack;
  return new Agent(new URL(address).pathname, view.agent, agents.find(({ id }) => id === view.agent).token, channel);
};

/** The agent, about to do something with a message: what comes of it in its thread is to be seen. */
const actingOn = ({ ts, thread_ts: root }) => {
  worked(root ?? ts);
  awaitAnswer(root ?? ts);
  return acting();
};

const spoken = (text) => asSent(text, view.store.all("user"));

/** Do what was pressed; what Slack refuses is said under the box of the thread or of the channel. */
const attempt = async (deed) => {
  const line = view.thread === null ? "channel-problem" : "thread-problem";
  problem(line);
  try {
    await deed();
  } catch (error) {
    problem(line, error.message);
  }
};

/** Set everything of this half going. `refresh()` reads the sandbox's description anew. */
export function startTeam(refresh) {
  onPick("agent", (id) => {
    view.agent = id;
    leaveEdit();
  });
  byId("agent-state").addEventListener("click", () => attempt(() => changePresence(view.store.get("user", view.agent), acting())));
  byId("agent-new").addEventListener("click", () => attempt(() => addAgent(refresh)));
  composer("channel", { send: writeInChannel, holds: besideTheThread, back: () => changeLast(null) });
  composer("thread", { send: writeInThread, escape: closeThread, back: () => changeLast(view.thread) });
  byId("thread-close").addEventListener("click", closeThread);
  byId("thread").addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeThread();
  });
  byId("messages-older").addEventListener("click", () => {
    view.room.messages += 200;
    view.store.touch();
  });
  startLists();
  for (const list of [byId("messages"), byId("thread-messages")]) {
    for (const move of ["wheel", "touchmove"]) list.addEventListener(move, stopAwaiting, { passive: true });
  }
  roving(byId("messages"), (ts) => view.openThread(ts, true));
  roving(byId("thread-messages"), () => byId("thread-text").focus());
  view.caseOf = caseOf;
  view.openThread = openThread;
  view.react = (message, name, on) => attempt(() => actingOn(message).react(message.ts, name, on));
  view.press = (message, action) => attempt(() => actingOn(message).press(message.ts, action));
  view.deleteMessage = (message) => attempt(() => acting().remove(message.ts));
  view.pickReaction = (message, anchor) => attempt(async () => {
    const name = await chooseEmoji(anchor);
    if (name !== null) await actingOn(message).react(message.ts, name, true);
  });
  view.pickShortcut = (message) => attempt(async () => {
    const id = await chooseShortcut(view.shortcuts);
    if (id !== null) await actingOn(message).shortcut(message.ts, id);
  });
  view.dismiss = (message) => {
    view.dismissed.add(message.ts);
    view.store.touch();
  };
  view.edit = startEdit;
  view.pressInModal = (modal, action, values) => attempt(() => acting().pressInView(modal, action, values));
  view.answerModal = answerModal;
  window.addEventListener("hashchange", openLinked);
}

/** Send the agent's modal off, or close it when `values` is null; resolves with what went wrong, in words. */
async function answerModal(modal, values) {
  try {
    await acting().answerView(modal, values);
    return null;
  } catch (error) {
    return t("problem", { reason: inWords(error.message) });
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
  if (chats || found === undefined || /^[/!]/.test(text)) return false;
  const box = byId("channel-text");
  advise("channel-advice", () => t("beside_thread"), [
    { label: () => t("beside_thread_go", found), act: () => {
      const words = box.value;
      box.value = "";
      openThread(found.ts, true);
      byId("thread-text").value = words;
    } },
    { label: () => t("beside_thread_stay"), act: () => {
      chats = true;
      byId("channel-form").requestSubmit();
      box.focus();
    } },
  ]);
  return true;
}

async function writeInChannel(text) {
  const command = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/.exec(text);
  jumpToEnd(byId("messages"));
  if (command === null) await acting().write(spoken(text));
  else {
    const numbers = command[2]?.match(/\d+/g) ?? [];
    openCases().filter(({ number }) => numbers.includes(number)).forEach(({ ts }) => worked(ts));
    await acting().slash(command[1], command[2] ?? "");
  }
}

async function writeInThread(text) {
  const command = /^\/[a-z0-9_-]+(?=\s|$)/.exec(text);
  if (command !== null) throw new Error(t("thread_no_slash", { command: command[0] }));
  jumpToEnd(byId("thread-messages"));
  worked(view.thread);
  awaitAnswer(view.thread);
  await acting().write(spoken(text), view.thread);
}

async function addAgent(refresh) {
  const added = await add("agent");
  if (added === null) return;
  await refresh();
  view.store.touch();
}

const itemOf = (ts) => byKey(byId("messages"), ts);

/** Open the thread of a message; a reply shown in the channel leads to its root. `write` goes to its box. */
function openThread(ts, write = false) {
  const root = view.store.get("message", ts)?.thread_ts ?? ts;
  const box = byId("thread-text");
  if (view.thread !== null) drafts.set(view.thread, box.value);
  if (view.thread !== root) box.value = drafts.get(root) ?? "";
  problem("thread-problem");
  view.thread = root;
  drawTeam();
  if (ts === root) jumpToEnd(byId("thread-messages"));
  else bringUp(byId("thread-messages"), ts);
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

/** Draw this half from the store, and bring up what came of the agent's own doing. */
export function drawTeam(arrivals = [], changes = []) {
  const team = view.store.all("user").filter(({ bot, deleted }) => !bot && !deleted);
  view.agent = fill("agent", team, view.agent, named);
  drawPresence(view.store.get("user", view.agent));
  view.names = JSON.stringify(view.store.all("user").map(({ id, name }) => [id, name]));
  byId("channel-name").textContent = view.store.get("channel", "channel")?.name ?? "";
  drawChannel();
  drawThread();
  drawModal(view);
  bringUpAnswers(arrivals, changes);
  openLinked();
}
