// The replies in closed threads that the agent has not seen yet, in the threads that are the agent's business.

import { didWork } from "./deeds.js";
import { view } from "./view.js";

/** The ts up to which everything was there already when the page was opened; null before that. */
let opened = null;
/** Up to which reply each thread was seen: root -> ts. */
const seen = new Map();
let counts = new Map();

const isReply = ({ ts, thread_ts: root }) => root !== undefined && root !== ts;

/** Whether the agent hears of a thread, as in Slack: who wrote in it or is named in it; here also who pressed something. */
const concerns = (root, replies) => didWork(root) || replies.some((reply) => reply.user === view.agent || JSON.stringify(reply.blocks ?? reply.text).includes(view.agent));

/** Count anew; what stands in the open thread is seen. Call it before the channel is drawn. */
export function countUnread() {
  if (!view.store.known) return;
  const replies = Map.groupBy(view.store.all("message").filter(isReply), ({ thread_ts: root }) => root);
  const newest = (list) => list.reduce((last, { ts }) => (ts > last ? ts : last), "");
  opened ??= newest(view.store.all("message"));
  if (view.thread !== null) seen.set(view.thread, newest(replies.get(view.thread) ?? []));
  counts = new Map();
  for (const [root, list] of replies) {
    const last = seen.get(root) ?? opened;
    const fresh = list.filter(({ ts, user }) => ts > last && user !== view.agent);
    if (fresh.length > 0 && concerns(root, list)) counts.set(root, fresh.length);
  }
}

/** How many replies in the thread of this message the agent has not seen. */
export const unread = (root) => counts.get(root) ?? 0;
