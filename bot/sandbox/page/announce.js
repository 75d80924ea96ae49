// Tells a screen reader what others do, one short sentence each, and counts what the hidden half holds.

import { byId, el } from "./dom.js";
import { readable } from "./message.js";
import { t } from "./texts.js";
import { view } from "./view.js";

const KEPT = 20;
const AT_ONCE = 3;
const LONGEST = 160;

const SENTENCES = {
  post: ({ author, text }) => author !== view.customer && t("says_post", { name: view.person(author).name, text: short(text) }),
  direct: ({ from, to, text }) => to === view.customer && t("says_direct", { name: view.person(from).name, text: short(text) }),
  message: (message) => message.user !== view.agent && t(isReply(message) ? "says_reply" : "says_message", spoken(message)),
  whisper: (message) => message.reader === view.agent && t(isReply(message) ? "says_reply" : "says_message", spoken(message)),
};

const isReply = ({ ts, thread_ts: root }) => root !== undefined && root !== ts;
const spoken = (message) => ({ name: view.author(message).name, text: short(readable(message, view)) });
const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text);

/** Say what arrived. */
export function announce(arrivals) {
  const log = byId("announcements");
  const sentences = arrivals.map(({ kind, value }) => SENTENCES[kind]?.(value)).filter(Boolean);
  for (const sentence of sentences.slice(-AT_ONCE)) log.append(el("p", {}, sentence));
  while (log.children.length > KEPT) log.firstElementChild.remove();
}
