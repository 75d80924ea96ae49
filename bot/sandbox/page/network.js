// Wires the left half: posting and replying as a customer, and writing to the brand in private.

import { Customer } from "./api.js";
import { composer } from "./composer.js";
import { posted } from "./deeds.js";
import { advise, problem } from "./dialog.js";
import { byId } from "./dom.js";
import { add, fill, onPick } from "./picker.js";
import { roving } from "./roving.js";
import { holdEnd, jumpToEnd } from "./scroll.js";
import { counted, t } from "./texts.js";
import { drawDirect, drawTimeline, left } from "./timeline.js";
import { view } from "./view.js";

let tab = "timeline";
let unseen = 0;

const acting = () => {
  const { api_url: address, customers } = view.sandbox.x;
  return new Customer(new URL(address).pathname, customers.find(({ id }) => id === view.customer).token);
};

/** Set everything of this half going. `refresh()` reads the sandbox's description anew. */
export function startNetwork(refresh) {
  onPick("customer", (id) => {
    view.customer = id;
    view.store.touch();
  });
  byId("customer-new").addEventListener("click", () => addCustomer(refresh));
  const box = composer("post", { send: post, holds: withoutHandle, typed: count, escape: () => answer(null) });
  composer("direct", { send: async (text) => {
    await acting().tell(view.brand.id, text);
    jumpToEnd(byId("direct-messages"));
  } });
  holdEnd(byId("direct-messages"));
  byId("replying-stop").addEventListener("click", () => {
    answer(null);
    box.focus();
  });
  view.reply = (found) => {
    answer(found);
    box.focus();
  };
  view.deletePost = (found) => acting().remove(found.id).catch((error) => problem("post-problem", error.message));
  roving(byId("posts"), (id) => view.reply(view.store.get("post", id)));
  byId("posts-older").addEventListener("click", () => {
    view.room.conversations += 100;
    view.store.touch();
  });
  for (const name of ["timeline", "direct"]) {
    byId(`tab-${name}`).addEventListener("click", () => open(name));
    byId(`tab-${name}`).addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      open(name === "timeline" ? "direct" : "timeline");
      byId(`tab-${tab}`).focus();
    });
  }
}

async function post(text) {
  const { data } = await acting().post(text, view.replying?.id ?? null);
  posted(data.id);
  answer(null);
  offerHandle(true);
}

/** What was agreed to be posted although the brand is not in it. */
let unheard = null;

/** Ask before a post that the bot will never see: one that neither names the brand nor answers somebody who does. */
function withoutHandle(text) {
  const brand = `@${view.brand.handle}`;
  const { replying } = view;
  const heard = text.toLowerCase().includes(brand.toLowerCase())
    || (replying !== null && (replying.author === view.brand.id || replying.mentions.includes(view.brand.id)));
  if (heard || text === unheard) return false;
  const box = byId("post-text");
  const send = (words) => {
    box.value = words;
    box.focus();
    byId("post-form").requestSubmit();
  };
  advise("post-advice", () => t("no_handle", { brand }), [
    { label: () => t("no_handle_add", { brand }), act: () => send(`${brand} ${box.value.trim()}`) },
    { label: () => t("no_handle_post"), act: () => {
      unheard = box.value.trim();
      send(unheard);
    } },
  ]);
  return true;
}

/** Begin a post with the brand's handle, unless somebody is about to type something else; an answer needs none. */
function offerHandle(posted = false) {
  const box = byId("post-text");
  const handle = `@${view.brand.handle} `;
  if (view.replying === null && box.value === "" && (posted || document.activeElement !== box)) box.value = handle;
  else if (view.replying !== null && box.value === handle) box.value = "";
}

async function addCustomer(refresh) {
  try {
    const added = await add("customer");
    if (added === null) return;
    await refresh();
    view.store.touch();
  } catch (error) {
    problem("post-problem", error.message);
  }
}

function answer(found) {
  view.replying = found;
  drawReplying();
}

function drawReplying() {
  const line = byId("replying");
  line.hidden = view.replying === null;
  if (view.replying !== null) byId("replying-to").textContent = t("reply_to", { handle: `@${view.person(view.replying.author).handle}` });
  placeholder();
  offerHandle();
}

function placeholder() {
  const box = byId("post-text");
  box.placeholder = t("post_placeholder", { brand: view.brand.handle });
}

function count(text) {
  const rest = left(text);
  const mark = byId("post-count");
  mark.textContent = text === "" ? "" : rest < 0 ? counted("characters", -rest) : t("characters_left", { count: rest });
  mark.classList.toggle("over", rest < 0);
}

function open(name) {
  tab = name;
  for (const other of ["timeline", "direct"]) {
    byId(`tab-${other}`).setAttribute("aria-selected", String(other === name));
    byId(`tab-${other}`).tabIndex = other === name ? 0 : -1;
    byId(`${other}-panel`).hidden = other !== name;
  }
  if (name === "direct") unseen = 0;
  drawNetwork([]);
}

/** Draw this half from the store. */
export function drawNetwork(arrivals) {
  const customers = view.store.all("person").filter(({ id }) => id !== view.brand.id);
  view.customer = fill("customer", customers, view.customer, ({ name, handle }) => `${name} · @${handle}`);
  if (view.replying !== null && view.store.get("post", view.replying.id) === null) view.replying = null;
  drawReplying();
  drawTimeline(view);
  drawDirect(view);
  if (tab !== "direct") unseen += arrivals.filter(({ kind, value }) => kind === "direct" && value.to === view.customer).length;
  byId("direct-unseen").hidden = unseen === 0;
  byId("direct-unseen").textContent = unseen;
}
