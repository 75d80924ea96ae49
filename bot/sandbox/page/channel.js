// The right half: the team's channel, and the thread that is open beside it.

import { caseOf } from "./cases.js";
import { dayName } from "./dates.js";
import { show } from "./dialog.js";
import { byId, el, giveBack, placeOf, reconcile } from "./dom.js";
import { character, suggest } from "./emoji.js";
import { buildMessage, signMessage } from "./message.js";
import { News } from "./news.js";
import { settle } from "./roving.js";
import { holdEnd } from "./scroll.js";
import { t } from "./texts.js";
import { countUnread } from "./unread.js";
import { view } from "./view.js";

/** What is new in the two lists of this half. */
const news = { channel: null, thread: null };

/** Let both lists hold their end, and count what comes while somebody reads further up. */
export function startLists() {
  for (const [name, list, button] of [["channel", "messages", "messages-new"], ["thread", "thread-messages", "thread-new"]]) {
    news[name] = new News(byId(list), byId(button));
    holdEnd(byId(list), () => news[name].look());
  }
}

const earlier = (one, other) => (one.ts < other.ts ? -1 : 1);

/** Draw the channel: roots, replies that were also sent to the channel, and what only this agent may see. */
export function drawChannel() {
  countUnread();
  const messages = view.messages().filter(inChannel).sort(earlier);
  const list = byId("messages");
  const first = news.channel.first("channel", messages);
  drawList(list, withNews(withDays(messages.slice(-view.room.messages)), first), false);
  news.channel.look();
  byId("messages-empty").hidden = !view.store.known || messages.length > 0;
  byId("messages-older").hidden = messages.length <= view.room.messages;
}

/** Draw the open thread, if one is: its root and its replies. */
export function drawThread() {
  const panel = byId("thread");
  panel.hidden = view.thread === null;
  document.body.classList.toggle("with-thread", view.thread !== null);
  if (view.thread === null) return;
  const messages = view.messages().filter(({ ts, thread_ts: root }) => ts === view.thread || root === view.thread).sort(earlier);
  const found = messages.length === 0 ? null : caseOf(messages[0]);
  byId("thread-case").textContent = found === null ? "" : t("thread_case", found);
  invite(byId("thread-text"), hint(found));
  const first = news.thread.first(view.thread, messages);
  drawList(byId("thread-messages"), withNews(messages, first), true);
  news.thread.look();
}

/** Say in an empty box what it is for; the box is as high as that takes. */
function invite(box, words) {
  if (box.placeholder === words) return;
  box.placeholder = words;
  box.dispatchEvent(new Event("input"));
}

/** What becomes of what is written in the thread of this case, as far as its card says so. */
function hint(found) {
  if (found === null) return t("thread_plain");
  if (!found.open) return t("thread_closed");
  if (found.free) return t("thread_free", found);
  if (!found.mine) return found.holder === null ? t("thread_placeholder") : t("thread_other", { name: found.holder.name });
  return found.mode === null ? t("thread_placeholder") : t(`thread_${found.mode}`, found);
}

/** A whisper that belongs to a thread is seen where the agent is: in the thread while that is open, else here. */
const inChannel = ({ ts, thread_ts: root, subtype, whisper }) =>
  root === undefined || root === ts || subtype === "thread_broadcast" || (whisper && root !== view.thread);

function withDays(messages) {
  let day = null;
  return messages.flatMap((message) => {
    const date = new Date(Number(message.ts) * 1000);
    if (date.toDateString() === day) return [message];
    day = date.toDateString();
    return [{ ts: `day ${day}`, day: dayName(date) }, message];
  });
}

/** The rows, with a line before the `first` message that nobody has seen. */
function withNews(rows, first) {
  return rows.flatMap((row) => (row.ts === first ? [{ ts: "news", day: t("news"), news: true }, row] : [row]));
}

function drawList(list, rows, inThread) {
  reconcile(list, rows, {
    key: ({ ts }) => ts,
    sign: (row) => (row.day === undefined ? signMessage(row, view, inThread) : row.day),
    build: (row) => (row.day === undefined ? buildMessage(row, view, inThread) : el("li", { class: row.news ? "day news" : "day" }, el("span", {}, row.day))),
  });
  settle(list, true);
}

/**
 * Let the agent choose any emoji by name, in a small window beside `anchor`; resolves with the name, or null when the
 * agent goes on with something else.
 */
export function chooseEmoji(anchor) {
  const place = placeOf(anchor);
  const results = el("div", { class: "emoji-results", role: "group", "aria-label": t("react_more") });
  const field = el("input", { type: "search", id: "emoji-name", autocomplete: "off" });
  const picker = el("div", { class: "picker", popover: "auto", role: "dialog", "aria-label": t("react_more") },
    el("p", { class: "field" }, el("label", { for: "emoji-name" }, t("react_find")), field), results);
  let chosen = null;
  const choose = (name) => {
    chosen = name;
    picker.hidePopover();
  };
  const draw = () => {
    const names = suggest(field.value);
    results.replaceChildren(...names.map((name) =>
      el("button", { class: "button quiet emoji", type: "button", "aria-label": name.replaceAll("_", " "), title: `:${name}:`, onclick: () => choose(name) }, character(name))));
    if (names.length === 0) results.append(el("p", { class: "muted" }, t("react_none")));
  };
  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") results.querySelector("button")?.click();
  });
  draw();
  const at = anchor.getBoundingClientRect();
  document.body.append(picker);
  picker.showPopover();
  picker.style.left = `${Math.max(8, Math.min(at.right - picker.offsetWidth, innerWidth - picker.offsetWidth - 8))}px`;
  picker.style.top = `${at.bottom + picker.offsetHeight + 8 < innerHeight ? at.bottom + 4 : Math.max(8, at.top - picker.offsetHeight - 4)}px`;
  field.focus();
  return new Promise((resolve) => {
    picker.addEventListener("toggle", ({ newState }) => {
      if (newState !== "closed") return;
      const within = picker.contains(document.activeElement) || document.activeElement === document.body;
      picker.remove();
      if (within) giveBack(place);
      resolve(chosen);
    });
  });
}

/** Let the agent choose one of the app's message shortcuts; resolves with its callback id or null. */
export async function chooseShortcut(shortcuts) {
  const choices = shortcuts.map(({ id, name }) => el("button", { class: "button", type: "submit", value: id }, name));
  const choice = await show(t("shortcuts_more"), el("div", { class: "choices" }, choices), [{ label: t("cancel"), value: "" }]);
  return choice === "" ? null : choice;
}
