// Tells a screen reader what others do, one short sentence each, and counts what the hidden half holds.

import { byId, el } from "./dom.js";
import { character } from "./emoji.js";
import { readable } from "./message.js";
import { t } from "./texts.js";
import { view } from "./view.js";

const KEPT = 20;
const AT_ONCE = 3;
const LONGEST = 160;
/** The bot's marks that mean something. */
const IN_WORDS = new Set(["outbox_tray", "boom", "memo"]);

const SENTENCES = {
  post: ({ author, text }) => author !== view.customer && t("says_post", { name: view.person(author).name, text: short(text) }),
  direct: ({ from, to, text }) => to === view.customer && t("says_direct", { name: view.person(from).name, text: short(text) }),
  message: (message) => message.user !== view.agent && t(isReply(message) ? "says_reply" : "says_message", spoken(message)),
  whisper: (message) => message.reader === view.agent && t(isReply(message) ? "says_reply" : "says_message", spoken(message)),
};

/** What of a message is other than before: the words that it did not show, and the marks the app put on one's own. */
function changed({ kind, value, before }) {
  if (kind !== "message") return null;
  const { name } = view.author(value);
  if (value.user === view.agent) {
    const mark = marks(value).find((one) => !marks(before).includes(one));
    if (mark === undefined) return null;
    return t(IN_WORDS.has(mark) ? `says_${mark}` : "says_mark", { mark: character(mark), text: short(readable(value, view)) });
  }
  const known = new Set(pieces(before));
  const fresh = pieces(value).filter((piece) => !known.has(piece));
  return fresh.length === 0 ? null : t("says_change", { name, text: short(fresh.join(" · ")) });
}

const pieces = (message) => readable(message, view).split(/\n| · /);
const isApp = (id) => view.store.get("user", id)?.bot === true;
const marks = ({ reactions = [] }) => reactions.filter(({ users }) => users.some(isApp)).map(({ name }) => name);
const isReply = ({ ts, thread_ts: root }) => root !== undefined && root !== ts;
const spoken = (message) => ({ name: view.author(message).name, text: short(readable(message, view)) });
const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text);

/** Say what arrived and what changed. */
export function announce(arrivals, changes) {
  const sentences = [...arrivals.map(({ kind, value }) => SENTENCES[kind]?.(value)), ...changes.map(changed)].filter(Boolean);
  sentences.slice(-AT_ONCE).forEach(say);
}

/** Say one sentence to a screen reader. */
export function say(sentence) {
  const log = byId("announcements");
  log.append(el("p", {}, sentence));
  while (log.children.length > KEPT) log.firstElementChild.remove();
}
