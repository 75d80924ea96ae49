// What anybody can tell from the cards in the channel: which cases wait, and whose they are.

import { readable } from "./message.js";
import { view } from "./view.js";

/** Buttons that only a card has; their value is the number of its case. */
const ON_CARDS = new Set(["claim", "release", "dismiss", "private", "public"]);

/** The open case whose card this message is: its ts, number and customer, and whether the agent has it; else null. */
export function caseOf(message) {
  if (!view.author(message).bot || (message.thread_ts ?? message.ts) !== message.ts) return null;
  const actions = (message.blocks ?? []).flatMap((block) => (block.type === "actions" ? block.elements : []));
  const button = actions.find(({ action_id: name }) => ON_CARDS.has(name.split(":")[0]));
  if (button === undefined) return null;
  const words = readable(message, view);
  return {
    ts: message.ts,
    number: button.value,
    customer: words.split(/\n| · /)[0],
    waits: actions.some(({ action_id: name }) => name === "dismiss"),
    mine: words.includes(view.people(view.agent) ?? "\n\n"),
  };
}

/** All open cases, the newest first. */
export const openCases = () => view.store.all("message").map(caseOf).filter(Boolean).sort((one, other) => (one.ts < other.ts ? 1 : -1));
