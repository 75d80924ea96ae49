// One message of the team's channel: who, when, its text or blocks, reactions, thread, and what can be done with it.

import { renderBlocks } from "./blocks.js";
import { ago, clockTime, full } from "./dates.js";
import { el, initial } from "./dom.js";
import { character, withCharacters } from "./emoji.js";
import { decode, encode, mrkdwn } from "./mrkdwn.js";
import { counted, listed, t } from "./texts.js";
import { tongue } from "./tongue.js";
import { unread } from "./unread.js";

/** The reactions that mean something to the bot: on a card, and on an answer that waits to go out. */
const ON_CARD = ["eyes", "white_check_mark", "see_no_evil", "lock"];
const ON_ANSWER = ["rocket", "x"];
/** What is near at hand where a reaction is nothing but that. */
const ELSEWHERE = ["eyes", "white_check_mark", "+1"];

/** What a message shows depends on: equal signatures look the same. */
export function signMessage(message, view, inThread) {
  return JSON.stringify([message, inThread, view.agent, view.language, view.editing?.ts === message.ts, view.names, !inThread && [view.thread === message.ts, unread(message.ts)]]);
}

/** The list item of a message. `view` says who reads and what the controls do. */
export function buildMessage(message, view, inThread) {
  const author = view.author(message);
  const at = new Date(Number(message.ts) * 1000);
  const whisper = message.whisper === true;
  const editing = view.editing?.ts === message.ts;
  const head = el("p", { class: "message-head" },
    el("strong", {}, el("bdi", {}, author.name)),
    author.bot ? el("span", { class: "badge" }, t("app")) : null,
    el("time", { datetime: at.toISOString(), title: full(at) }, clockTime(at)));
  const body = el("div", { class: "message-body" },
    whisper ? el("p", { class: "muted only-you" }, t("only_you")) : null,
    head,
    editing ? view.editing.form : contents(message, view),
    whisper ? null : reactions(message, view),
    whisper || inThread ? null : threadLink(message, view),
    editing ? null : whisper ? dismissal(message, view) : tools(message, view, inThread));
  const classes = ["message", whisper ? "whisper" : "", view.thread === message.ts && !inThread ? "open" : ""];
  return el("li", { class: classes.join(" ").trim(), "aria-label": `${author.name}, ${clockTime(at)}: ${readable(message, view)}` },
    initial(author.name, author.id), body);
}

/** The top-level text as words, which is what a screen reader gets of a card in Slack too. */
export function readable(message, view) {
  if (message.subtype === "tombstone") return t("message_gone");
  const holder = el("p", {}, mrkdwn(message.text ?? "", { people: view.people, verbatim: true }));
  return holder.textContent;
}

function contents(message, view) {
  if (message.subtype === "tombstone") return el("p", { class: "muted" }, t("message_gone"));
  const press = (action) => view.press(message, action);
  const blocks = message.blocks ?? [];
  const shown = blocks.length > 0
    ? renderBlocks(blocks, { people: view.people, press })
    : el("div", { class: "plain", dir: "auto", lang: view.author(message).bot ? null : tongue(message.text ?? "") }, mrkdwn(message.text ?? "", { people: view.people }));
  return el("div", { class: "contents" },
    shown,
    (message.attachments ?? []).map((attachment) => el("div", { class: "attachment" },
      attachment.blocks ? renderBlocks(attachment.blocks, { people: view.people, press }) : mrkdwn(attachment.text ?? attachment.fallback ?? "", { people: view.people }))),
    (message.files ?? []).map((file) => el("p", { class: "file" }, t("file", { name: file.title ?? file.name ?? file.id }))),
    message.edited ? el("span", { class: "muted" }, t("edited")) : null);
}

function reactions(message, view) {
  if (!message.reactions?.length) return null;
  return el("p", { class: "reactions" }, message.reactions.map(({ name, users, count }) => {
    const mine = users.includes(view.agent);
    const people = listed(users.map((user) => (user === view.agent ? t("you") : view.people(user) ?? t("somebody"))));
    const label = t("reaction", { emoji: character(name), count, people });
    return el("button", { class: "reaction", type: "button", "aria-pressed": String(mine), "aria-label": label, title: label, "data-focus": `on-${name}`, onclick: () => view.react(message, name, !mine) },
      el("span", { class: "emoji" }, character(name)), el("span", {}, count));
  }));
}

function threadLink(message, view) {
  if (!message.reply_count) return null;
  const fresh = unread(message.ts);
  return el("button", { class: "thread-link", type: "button", "data-focus": "thread", onclick: () => view.openThread(message.ts) },
    counted("replies", message.reply_count),
    fresh === 0 ? null : [" · ", el("span", { class: "unseen" }, t("unread", { count: fresh }))],
    " · ", el("span", { class: "muted", "data-age": message.latest_reply }, lastReply(message.latest_reply)));
}

const lastReply = (ts) => t("last_reply", { ago: ago(new Date(Number(ts) * 1000)) });

/** Say anew how long ago each thread was last written in. */
export function refreshThreadAges() {
  for (const age of document.querySelectorAll("[data-age]")) age.textContent = lastReply(age.dataset.age);
}

function dismissal(message, view) {
  return el("p", { class: "post-tools" }, el("button", { class: "button quiet small", type: "button", "data-focus": "dismiss", onclick: () => view.dismiss(message) }, t("dismiss")));
}

function tool(label, face, focus, act, pressed = null) {
  return el("button", { type: "button", "aria-label": label, title: label, "data-focus": focus, "aria-pressed": pressed, onclick: act }, face);
}

/** Reactions that are offered with one press, each with what it does: [name, words]. */
function quick(message, view) {
  const meaning = (name) => [name, t(`does_${name}`)];
  if (view.caseOf(message) !== null) return ON_CARD.map(meaning);
  if (mayWait(message, view)) return ON_ANSWER.map(meaning);
  return isReply(message) ? [] : ELSEWHERE.map((name) => [name, t("react_with", { emoji: character(name) })]);
}

const isReply = ({ ts, thread_ts: root }) => root !== undefined && root !== ts;

/** Whether this may be an answer that waits to go out: one's own words in the thread of a case, with no mark of the bot. */
function mayWait(message, view) {
  const marked = (message.reactions ?? []).some(({ users }) => users.some((user) => view.author({ user }).bot));
  return message.user === view.agent && isReply(message) && !/^(?:\/\/|!)/.test(message.text ?? "") && !marked && view.isCase(message.thread_ts);
}

function tools(message, view, inThread) {
  if (message.subtype === "tombstone") return null;
  const mine = (name) => (message.reactions ?? []).some((reaction) => reaction.name === name && reaction.users.includes(view.agent));
  const own = message.user === view.agent;
  return el("div", { class: "tools", role: "toolbar", "aria-label": t("message_tools") },
    quick(message, view).map(([name, label]) => tool(label, character(name), `quick-${name}`, () => view.react(message, name, !mine(name)), String(mine(name)))),
    tool(t("react_more"), "☺+", "more", (event) => view.pickReaction(message, event.currentTarget)),
    inThread ? null : tool(t("thread_reply"), "💬", "reply", () => view.openThread(message.ts, true)),
    view.shortcuts.length > 0 ? tool(t("shortcuts_more"), "⋯", "shortcuts", () => view.pickShortcut(message)) : null,
    own ? tool(t("edit"), "✎", "edit", () => view.edit(message)) : null,
    own ? tool(t("delete"), "🗑", "delete", () => view.deleteMessage(message)) : null);
}

/** A form to change one's own message; it lives outside the list so that redrawing keeps what was typed. */
export function editForm(message, { save, leave }) {
  const box = el("textarea", { rows: 2, "aria-label": t("edit_label"), "data-focus": "edit-box" });
  box.value = withCharacters(decode(typedForm(message.text)));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      leave();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  const form = el("form", { class: "edit-form" }, box, el("p", { class: "post-tools" },
    el("button", { class: "button small", type: "button", "data-focus": "edit-leave", onclick: leave }, t("cancel")),
    el("button", { class: "button primary small", type: "submit", "data-focus": "edit-save" }, t("save"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim() !== "") save(box.value.trim());
  });
  return form;
}

/** Slack's text as its author typed it: addresses without brackets; mentions keep theirs, to be sent again as they were. */
function typedForm(text) {
  return text.replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1").replace(/<mailto:[^|>]+\|([^>]+)>/g, "$1");
}

/** What the agent typed as Slack's own client sends it: entities escaped, people and shouts as mentions, addresses marked. */
export function asSent(text, users) {
  const kept = [];
  const keep = (token) => `\uE000${kept.push(token) - 1}\uE001`;
  let sent = text.replace(/[\uE000\uE001]/g, "").replace(/<@[UW][A-Z0-9]+>/g, keep);
  const names = users.map(({ id, name }) => [name, id]).sort(([one], [other]) => other.length - one.length);
  for (const [name, id] of names) sent = sent.replaceAll(`@${name}`, () => keep(`<@${id}>`));
  sent = sent.replace(/(?<![\p{L}\p{N}_@])@(here|channel|everyone)\b/gu, (_, range) => keep(`<!${range}>`));
  sent = sent.replace(/https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"]/gu, (address) => keep(`<${encode(address)}>`));
  return encode(sent).replace(/\uE000(\d+)\uE001/g, (_, index) => kept[Number(index)]);
}
