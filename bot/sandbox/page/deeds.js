// What the visitor did from this page. Others work in the same channel, the demo's own agents among them.

import { remember, remembered } from "./view.js";

const KEPT = "deeds";

const done = { posts: [], threads: [], answers: [], ...JSON.parse(remembered(KEPT) ?? "{}") };

function keep(list, id) {
  if (list.includes(id)) return;
  list.push(id);
  remember(KEPT, JSON.stringify(done));
}

/** The visitor posted this on X. */
export const posted = (id) => keep(done.posts, id);

/** The visitor wrote in this thread, or pressed or reacted on something in it. */
export const worked = (thread) => keep(done.threads, thread);

/** An answer of the visitor waited in this thread to go out. */
export const answered = (thread) => keep(done.answers, thread);

export const didPost = (id) => done.posts.includes(id);
export const didWork = (thread) => done.threads.includes(thread);
export const didAnswer = (thread) => done.answers.includes(thread);

/** The posts of the visitor, the newest first. */
export const ownPosts = () => done.posts.toReversed();
