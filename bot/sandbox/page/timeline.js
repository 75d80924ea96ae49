// The left half: the public timeline with its replies, and the private messages of the chosen customer.

import { clockTime, full } from "./dates.js";
import { byId, el, face, ownAddress, reconcile } from "./dom.js";
import { settle } from "./roving.js";
import { t } from "./texts.js";
import { tongue } from "./tongue.js";

const DEEPEST = 4;
const LIMIT = 280;

/** Draw the timeline. `view` gives the store, the brand, the chosen customer's id, and what can be done. */
export function drawTimeline(view) {
  const list = byId("posts");
  const { shown: posts, more } = arranged(view.store.all("post"), view.room.conversations);
  reconcile(list, posts, {
    key: ({ post }) => post.id,
    sign: ({ post, depth }) => JSON.stringify([post, depth, view.customer, view.language, view.store.get("person", post.author)]),
    build: (entry) => buildPost(entry, view),
  });
  settle(list, false);
  byId("posts-older").hidden = !more;
  byId("posts-empty").hidden = !view.store.known || posts.length > 0;
}

/** Posts as a flat list with depths: the newest conversations first, replies below what they answer, oldest first. */
function arranged(posts, conversations) {
  const byParent = new Map();
  const known = new Map(posts.map((post) => [post.id, post]));
  for (const post of posts) {
    const parent = known.has(post.in_reply_to) ? post.in_reply_to : null;
    if (!byParent.has(parent)) byParent.set(parent, []);
    byParent.get(parent).push(post);
  }
  const flat = [];
  const walk = (post, depth) => {
    flat.push({ post, depth: Math.min(depth, DEEPEST) });
    for (const reply of (byParent.get(post.id) ?? []).sort(older)) walk(reply, depth + 1);
  };
  const roots = (byParent.get(null) ?? []).sort((one, other) => older(other, one));
  for (const root of roots.slice(0, conversations)) walk(root, 0);
  return { shown: flat, more: roots.length > conversations };
}

const older = (one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1);

function buildPost({ post, depth }, view) {
  const author = view.person(post.author);
  const brand = post.author === view.brand.id;
  const at = new Date(post.created_at);
  const head = el("p", { class: "post-head" },
    el("strong", {}, el("bdi", {}, author.name)),
    el("span", { class: "handle" }, `@${author.handle}`),
    brand ? el("span", { class: "badge brand" }, t("brand")) : null,
    el("time", { datetime: post.created_at, title: full(at) }, clockTime(at)));
  const reply = el("button", { class: "button quiet small", type: "button", "data-focus": "reply", "aria-label": t("reply_to_post", { name: author.name }), onclick: () => view.reply(post) }, t("post_reply"));
  const remove = post.author !== view.customer ? null
    : el("button", { class: "button quiet small", type: "button", "data-focus": "delete", "aria-label": t("delete_post"), onclick: () => view.deletePost(post) }, t("delete"));
  const item = el("li", { class: brand ? "post brand" : "post", "data-depth": depth, "aria-label": `${author.name}, ${clockTime(at)}: ${post.text}` },
    face(author),
    el("div", { class: "post-body" },
      head,
      post.replying_to.length > 0 ? el("p", { class: "muted" }, t("replied_to", { handle: post.replying_to.map((handle) => `@${handle}`).join(", ") })) : null,
      el("p", { class: "post-text", dir: "auto", lang: tongue(post.text) }, highlighted(post.text)),
      post.media.map(picture),
      el("p", { class: "post-tools" }, reply, remove)));
  return item;
}

/** Handles, tags and addresses in colour; nothing in a post is a link. */
function highlighted(text) {
  return text.split(/((?<!\w)[@#]\w+|https?:\/\/\S+)/u).map((piece, index) => (index % 2 === 1 ? el("span", { class: "accent" }, piece) : piece));
}

function picture({ url, alt }) {
  const own = ownAddress(url);
  return own === null ? el("p", { class: "no-image" }, t("image_outside", { alt })) : el("img", { class: "post-image", src: own, alt, loading: "lazy" });
}

/** Draw the private messages between the chosen customer and the brand. */
export function drawDirect(view) {
  const list = byId("direct-messages");
  const messages = view.store.all("direct")
    .filter(({ from, to }) => [from, to].includes(view.customer) && [from, to].includes(view.brand.id))
    .sort(older);
  reconcile(list, messages, {
    key: ({ id }) => id,
    sign: (message) => JSON.stringify([message, view.customer, view.language]),
    build: (message) => {
      const mine = message.from === view.customer;
      const at = new Date(message.created_at);
      return el("li", { class: mine ? "bubble mine" : "bubble" },
        el("p", { class: "hidden" }, t("direct_from", { name: view.person(message.from).name })),
        el("p", { class: "plain", dir: "auto", lang: tongue(message.text) }, message.text),
        el("time", { class: "muted", datetime: message.created_at, title: full(at) }, `${clockTime(at)}`));
    },
  });
  byId("direct-empty").hidden = messages.length > 0;
}

/** What X would count: an address 23, most letters 1, emoji and far scripts 2. */
export function weight(text) {
  let sum = 0;
  const rest = text.replace(/https?:\/\/\S+/gu, () => {
    sum += 23;
    return "";
  });
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(rest)) {
    if (/\p{Extended_Pictographic}/u.test(segment)) sum += 2;
    else for (const character of segment) sum += light(character.codePointAt(0)) ? 1 : 2;
  }
  return sum;
}

const light = (point) => point <= 0x10ff || (point >= 0x2000 && point <= 0x200d) || (point >= 0x2010 && point <= 0x201f) || (point >= 0x2032 && point <= 0x2037);

/** Characters left of a post; negative when it is too long. */
export const left = (text) => LIMIT - weight(text);

