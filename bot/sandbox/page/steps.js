// The first case, step by step: a step is ticked off once it was done, by whatever door.

import { say } from "./announce.js";
import { caseOf, offers, openCases } from "./cases.js";
import { answered, didAnswer, didPost, didWork } from "./deeds.js";
import { byId, byKey, el } from "./dom.js";
import { goTo, showHalf } from "./parts.js";
import { t } from "./texts.js";
import { remember, remembered, view } from "./view.js";

const SEEN = "webcare-guide-seen";

/** Each step: whether what just came or changed is it, done by the visitor; and how one gets to where it is done. */
const STEPS = {
  post: {
    is: ({ kind, value }) => kind === "post" && didPost(value.id) && value.mentions.includes(view.brand.id),
    show: () => goTo("network"),
  },
  claim: {
    is: ({ kind, value, before }) => kind === "message" && didWork(value.ts) && caseOf(value)?.mine === true && before !== undefined && !caseOf(before)?.mine,
    show: () => showCase(openCases().find(({ free }) => free), "claim"),
  },
  answer: {
    is: ({ kind, value }) => kind === "message" && isWaitingAnswer(value),
    show: () => {
      const mine = openCases().find((one) => one.mine);
      showHalf("team");
      if (mine === undefined) showCase();
      else view.openThread(mine.ts, true);
    },
  },
  out: {
    is: ({ kind, value }) => (kind === "post" && isOwnAnswer(value)) || (kind === "direct" && isOwnMessage(value)),
    show: () => {
      goTo("network");
      [...byId("posts").querySelectorAll(".post.brand")].at(0)?.focus();
    },
  },
  close: {
    is: ({ kind, value, before }) => kind === "message" && didAnswer(value.ts) && before !== undefined && caseOf(before)?.mine === true && caseOf(value)?.open === false,
    show: () => showCase(openCases().find(({ ts, mine }) => mine && didAnswer(ts)), "close"),
  },
};

let done = new Set();
let drawn = "";

/** Whether this is the line that says when an answer of the visitor goes out; one that is held back does not count. */
function isWaitingAnswer(message) {
  const { thread_ts: root } = message;
  const card = view.store.get("message", root);
  const waits = didWork(root) && card !== null && caseOf(card)?.mine === true && offers(message, "send_now");
  if (waits) answered(root);
  return waits;
}

const answeredCards = () => view.store.all("message").filter(({ ts }) => didAnswer(ts));
const isOwnAnswer = ({ author, in_reply_to: parent }) => author === view.brand.id
  && view.store.all("message").some(({ thread_ts: root, text }) => didAnswer(root) && (text ?? "").includes(`/status/${parent}`));
const isOwnMessage = ({ from, to }) => from === view.brand.id && answeredCards().some((card) => caseOf(card)?.customer === `@${view.person(to).handle}`);

function showCase(found, action) {
  showHalf("team");
  const item = found === undefined ? null : byKey(byId("messages"), found.ts);
  (item?.querySelector(`[data-focus$="/${action}"]`) ?? item ?? byId("channel-text")).focus();
}

/** Let the guide be, until it was closed once in this browser. */
export function startGuide() {
  byId("guide").hidden = localStorage.getItem(SEEN) !== null;
  byId("guide-close").addEventListener("click", () => {
    localStorage.setItem(SEEN, "yes");
    byId("guide").hidden = true;
    goTo("network");
  });
  done = new Set(JSON.parse(remembered("steps") ?? "[]"));
}

/** Show the guide again in this browser. */
export const recallGuide = () => localStorage.removeItem(SEEN);

/** Tick off what was done. */
export function drawGuide(arrivals, changes) {
  if (byId("guide").hidden) return;
  for (const [name, { is }] of Object.entries(STEPS)) {
    if (done.has(name) || ![...arrivals, ...changes].some(is)) continue;
    done.add(name);
    remember("steps", JSON.stringify([...done]));
    say(t("step_done", { step: t(`step_${name}`) }));
  }
  byId("guide").classList.toggle("begun", done.size > 0);
  const signature = JSON.stringify([[...done], view.language]);
  if (signature === drawn) return;
  drawn = signature;
  const next = Object.keys(STEPS).find((name) => !done.has(name));
  byId("guide-steps").replaceChildren(...Object.keys(STEPS).map((name) => step(name, name === next)));
  byId("guide-done").hidden = next !== undefined;
}

function step(name, current) {
  const ticked = done.has(name);
  return el("li", { class: ticked ? "ticked" : null, "aria-current": current ? "step" : null },
    ticked ? el("span", { class: "hidden" }, t("step_ticked")) : null,
    el("span", {}, t(`step_${name}`)),
    current ? el("button", { class: "button small", type: "button", onclick: STEPS[name].show }, t("step_show")) : null);
}
