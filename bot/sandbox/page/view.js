// What is chosen and open on this page; everything else is what the servers said.

import { Store } from "./store.js";
import { t } from "./texts.js";

const store = new Store();

export const view = {
  store,
  language: "en",
  /** What the sandbox tells a script: addresses, people, tokens. */
  sandbox: null,
  brand: { id: "", handle: "", name: "" },
  customer: "",
  agent: "",
  /** The ts of the open thread. */
  thread: null,
  /** The post that is being answered. */
  replying: null,
  /** The message that is being changed: {ts, form}. */
  editing: null,
  /** The app's message shortcuts: {id, name}. */
  shortcuts: [],
  dismissed: new Set(),
  /** How much of the past is shown. */
  room: { conversations: 100, messages: 200 },
  /** All names of users, so that a new name redraws who is mentioned. */
  names: "",

  person: (id) => store.get("person", id) ?? { id, name: t("somebody"), handle: "?" },
  people: (id) => store.get("user", id)?.name ?? null,
  author({ user, bot_id: bot, username }) {
    const known = store.get("user", user) ?? store.all("user").find(({ bot_id: id }) => Boolean(bot) && id === bot);
    const id = known?.id ?? bot ?? user ?? "?";
    return { id, name: username ?? known?.name ?? t("somebody"), bot: Boolean(bot || known?.bot) };
  },
  /** The case whose card a message is, or null; see cases.js. */
  caseOf: () => null,
  isCase: (ts) => view.caseOf(store.get("message", ts) ?? {}) !== null,
  messages: () => [
    ...store.all("message"),
    ...store.all("whisper").filter(({ reader, ts }) => reader === view.agent && !view.dismissed.has(ts)),
  ],
};

/** What this tab remembered under `key`, or null. */
export const remembered = (key) => sessionStorage.getItem(`webcare-${key}`);

/** Remember a choice for as long as this tab is open. */
export const remember = (key, value) => sessionStorage.setItem(`webcare-${key}`, value);

/** Forget all that this tab remembered. */
export const forget = () => Object.keys(sessionStorage).filter((key) => key.startsWith("webcare-")).forEach((key) => sessionStorage.removeItem(key));
