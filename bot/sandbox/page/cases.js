// What anybody can tell from the cards in the channel: which cases wait, and whose they are.

import { readable } from "./message.js";
import { view } from "./view.js";

/** Buttons that only a card has; their value is the number of its case. */
const ON_CARDS = new Set(["claim", "release", "dismiss", "private", "public"]);

/**
 * The open case whose card this message is: its ts, number and customer, whether nobody has it (`free`), the agent
 * has it (`mine`), and its customer waits; else null.
 */
export function caseOf(message) {
  if (!view.author(message).bot || (message.thread_ts ?? message.ts) !== message.ts) return null;
  const actions = (message.blocks ?? []).flatMap((block) => (block.type === "actions" ? block.elements : []));
  const button = actions.find(({ action_id: name }) => ON_CARDS.has(name.split(":")[0]));
  if (button === undefined) return null;
  const offers = (name) => actions.some(({ action_id: id }) => id.split(":")[0] === name);
  const words = readable(message, view);
  return {
    ts: message.ts,
    number: button.value,
    customer: words.split(/\n| · /)[0],
    free: offers("claim") && !offers("release"),
    waits: offers("dismiss"),
    mine: words.includes(view.people(view.agent) ?? "\n\n"),
  };
}

/** All open cases, the newest first. */
export const openCases = () => view.store.all("message").map(caseOf).filter(Boolean).sort((one, other) => (one.ts < other.ts ? 1 : -1));
