// The first case, step by step: a step is ticked off once it was done, by whatever door.

import { say } from "./announce.js";
import { caseOf, openCases } from "./cases.js";
import { byId, el } from "./dom.js";
import { goTo, showHalf } from "./parts.js";
import { t } from "./texts.js";
import { remember, remembered, view } from "./view.js";

const SEEN = "webcare-guide-seen";

/** Each step: whether what just came or changed is it, and how one gets to where it is done. */
const STEPS = {
  post: {
    is: ({ kind, value }) => kind === "post" && value.author === view.customer && value.mentions.includes(view.brand.id),
    show: () => goTo("network"),
  },
  claim: {
    is: ({ kind, value }) => kind === "message" && caseOf(value)?.mine === true,
    show: () => showCase(openCases().find(({ free }) => free)),
  },
  answer: {
    is: ({ kind, value }) => kind === "message" && value.user === view.agent && !/^(?:\/\/|!)/.test(value.text) && rootOf(value)?.mine === true,
    show: () => {
      const mine = openCases().find((one) => one.mine);
      showHalf("team");
      if (mine === undefined) showCase();
      else view.openThread(mine.ts, true);
    },
  },
  out: {
    is: ({ kind, value }) => done.has("answer") && ((kind === "post" && value.author === view.brand.id) || (kind === "direct" && value.from === view.brand.id)),
    show: () => {
      goTo("network");
      [...byId("posts").querySelectorAll(".post.brand")].at(0)?.focus();
    },
  },
};

let done = new Set();
let drawn = "";

const rootOf = ({ ts, thread_ts: root }) => {
  const card = root === undefined || root === ts ? null : view.store.get("message", root);
  return card === null ? null : caseOf(card);
};

function showCase(found) {
  showHalf("team");
  const item = found === undefined ? null : byId("messages").querySelector(`[data-key="${found.ts}"]`);
  (item?.querySelector('[data-focus$="/claim"]') ?? item ?? byId("channel-text")).focus();
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

/** Begin with the first step again. */
export function forgetGuide() {
  localStorage.removeItem(SEEN);
  remember("steps", "[]");
}

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
