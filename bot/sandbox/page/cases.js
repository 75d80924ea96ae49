// What anybody can tell from the cards in the channel: which cases there are, which wait, and whose they are.

import { readable } from "./message.js";
import { view } from "./view.js";

/** Buttons that only a card has; their value is the number of its case. */
const ON_CARDS = new Set(["claim", "release", "close", "dismiss", "private", "public"]);

/**
 * The case whose card this message is, or null: its ts, number and customer; whether it is `open`; and of an open
 * one who has it (`holder`, a user or null), whether that is nobody (`free`) or the agent (`mine`), whether its
 * customer waits, and how answers go out (`mode`: "public", "private", or null where the card leaves that open).
 */
export function caseOf(message) {
  if (!view.author(message).bot || (message.thread_ts ?? message.ts) !== message.ts) return null;
  const button = buttonsOf(message).find(({ action_id: id }) => ON_CARDS.has(name(id)));
  const pieces = contexts(message).flatMap(({ elements }) => elements.map(({ text }) => text ?? ""));
  const number = button?.value ?? pieces.map((text) => / · case (\d+)$/.exec(text)?.[1]).find(Boolean);
  if (number === undefined) return null;
  if (button === undefined) return { ts: message.ts, number, customer: (pieces[2] ?? "").split(/ · |: /)[0], open: false };
  const holder = view.store.all("user").find((user) => bold(message).includes(user.name)) ?? null;
  const free = offers(message, "claim") && !offers(message, "release");
  return {
    ts: message.ts,
    number,
    customer: readable(message, view).split(/\n| · /)[0],
    open: true,
    holder,
    free,
    mine: !free && holder?.id === view.agent,
    waits: offers(message, "dismiss"),
    mode: mode(contexts(message).at(-1)?.elements[0]?.text ?? ""),
  };
}

const name = (id) => id.split(":")[0];
const buttonsOf = ({ blocks = [] }) => blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
const contexts = ({ blocks = [] }) => blocks.filter(({ type }) => type === "context");
const leaves = (part) => (part.elements === undefined ? [part] : part.elements.flatMap(leaves));

/** What stands out in the blocks of a message: the state of a case, never the words of its customer. */
const bold = ({ blocks = [] }) => blocks.filter(({ type }) => type === "rich_text").flatMap(leaves).filter(({ style }) => style?.bold).map(({ text }) => text);

/** How answers go out, as the small print of a card says it. */
function mode(print) {
  if (print.startsWith("🔒")) return /[,:]/.test(print) ? null : "private";
  return print.includes(`@${view.brand.handle}`) ? "public" : null;
}

/** Whether a message has a button for this. */
export const offers = (message, action) => buttonsOf(message).some(({ action_id: id }) => name(id) === action);

/** All open cases, the newest first. */
export const openCases = () => view.store.all("message").map(caseOf).filter((found) => found?.open).sort((one, other) => (one.ts < other.ts ? 1 : -1));
