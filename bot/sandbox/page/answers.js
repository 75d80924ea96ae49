// Brings up what comes of what the visitor just did: the bot's answer, or what shows the visitor's own post.

import { ownPosts } from "./deeds.js";
import { byId } from "./dom.js";
import { bringUp } from "./scroll.js";
import { view } from "./view.js";

/** How long an answer may take and still be the answer to what was done, in milliseconds. */
const ANSWER_WITHIN = 15_000;

let awaited = { thread: null, until: 0 };

/** Something was written in this thread, or pressed or put on one of its messages: the answer is to be seen. */
export function awaitAnswer(thread) {
  awaited = { thread, until: Date.now() + ANSWER_WITHIN };
}

/** The visitor went to read something else. */
export const stopAwaiting = () => awaitAnswer(null);

/** Bring up what came. Call it once everything is drawn. */
export function bringUpAnswers(arrivals, changes) {
  for (const { kind, value } of arrivals) {
    if (kind === "whisper" && value.reader === view.agent) bringUp(placeOf(value), value.ts);
    if (kind === "message" && (isAnswer(value) || showsOwnPost(value))) show(value);
  }
  for (const { kind, value } of changes) {
    if (kind === "message" && isAnswer(value) && value.thread_ts === view.thread) show(value);
  }
}

/** Bring a message up; of a thread that is closed that is its first one, which tells of the new reply. */
function show(message) {
  const list = placeOf(message);
  bringUp(list, list.id === "messages" ? rootOf(message) : message.ts);
}

const rootOf = ({ ts, thread_ts: root }) => root ?? ts;
const isAnswer = (message) => message.thread_ts === awaited.thread && message.ts !== awaited.thread && Date.now() < awaited.until && view.author(message).bot;
const showsOwnPost = (message) => view.author(message).bot && ownPosts().some((id) => (message.text ?? "").includes(`/status/${id}`));

/** The list that shows a message: that of the open thread, else the channel. */
const placeOf = (message) => byId(message.ts !== view.thread && rootOf(message) === view.thread ? "thread-messages" : "messages");
