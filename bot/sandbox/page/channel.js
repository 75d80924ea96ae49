// The right half: the team's channel, and the thread that is open beside it.

import { caseOf } from "./cases.js";
import { dayName } from "./dates.js";
import { show } from "./dialog.js";
import { byId, el, giveBack, placeOf, reconcile } from "./dom.js";
import { character, suggest } from "./emoji.js";
import { buildMessage, signMessage } from "./message.js";
import { firstNews } from "./news.js";
import { settle } from "./roving.js";
import { t } from "./texts.js";

const earlier = (one, other) => (one.ts < other.ts ? -1 : 1);

/** Draw the channel: roots, replies that were also sent to the channel, and what only this agent may see. */
export function drawChannel(view) {
  const messages = view.messages().filter(inChannel).sort(earlier);
  const list = byId("messages");
  const news = firstNews(list, messages);
  drawList(list, withDays(messages.slice(-view.room.messages), news), view, false);
  byId("messages-empty").hidden = !view.store.known || messages.length > 0;
  byId("messages-older").hidden = messages.length <= view.room.messages;
}

/** Draw the open thread, if one is: its root and its replies. */
export function drawThread(view) {
  const panel = byId("thread");
  panel.hidden = view.thread === null;
  document.body.classList.toggle("with-thread", view.thread !== null);
  if (view.thread === null) return;
  const messages = view.messages().filter(({ ts, thread_ts: root }) => ts === view.thread || root === view.thread).sort(earlier);
  const found = messages.length === 0 ? null : caseOf(messages[0]);
  byId("thread-case").textContent = found === null ? "" : t("thread_case", found);
  drawList(byId("thread-messages"), messages, view, true);
}

const inChannel = ({ ts, thread_ts: root, subtype }) => root === undefined || root === ts || subtype === "thread_broadcast";

function withDays(messages, news) {
  const rows = [];
  let day = null;
  for (const message of messages) {
    const date = new Date(Number(message.ts) * 1000);
    if (date.toDateString() !== day) {
      day = date.toDateString();
      rows.push({ ts: `day ${day}`, day: dayName(date) });
    }
    if (message.ts === news) rows.push({ ts: "news", day: t("news"), news: true });
    rows.push(message);
  }
  return rows;
}

function drawList(list, rows, view, inThread) {
  reconcile(list, rows, {
    key: ({ ts }) => ts,
    sign: (row) => (row.day === undefined ? signMessage(row, view, inThread) : row.day),
    build: (row) => (row.day === undefined ? buildMessage(row, view, inThread) : el("li", { class: row.news ? "day news" : "day" }, el("span", {}, row.day))),
  });
  settle(list, true);
  if (list.dataset.away !== "true") list.scrollTop = list.scrollHeight;
}

/** Go to the newest message. */
export function jumpToEnd(list) {
  list.dataset.away = "false";
  list.scrollTop = list.scrollHeight;
}

/** Keep a list at its newest message, whatever happens to its size, until the reader scrolls away from there. */
export function stayAtEnd(list) {
  list.addEventListener("scroll", () => {
    list.dataset.away = String(list.scrollTop + list.clientHeight < list.scrollHeight - 60);
  });
  new ResizeObserver(() => {
    if (list.dataset.away !== "true") list.scrollTop = list.scrollHeight;
  }).observe(list);
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
