// The parts of the page, and how one gets from one to the other: halves on a narrow screen, boxes by key.

import { byId } from "./dom.js";
import { view } from "./view.js";

let unseen = 0;

/** Show one half where there is room for one only. */
export function showHalf(name) {
  document.body.dataset.half = name;
  unseen = 0;
  drawHalves([]);
}

/** Say which half is shown, and how much has come in the other one. */
export function drawHalves(arrivals) {
  const { half } = document.body.dataset;
  const hidden = half === "network" ? "message" : "post";
  unseen += arrivals.filter(({ kind }) => kind === hidden).length;
  for (const name of ["network", "team"]) byId(`show-${name}`).setAttribute("aria-pressed", String(name === half));
  const mark = byId("unseen");
  mark.hidden = unseen === 0;
  mark.textContent = unseen;
  byId(half === "network" ? "show-team" : "show-network").append(mark);
}

/** Every part that can be seen, in order, with the box in it. */
const parts = () => [
  { within: "network", half: "network", box: byId("direct-panel").hidden ? "post-text" : "direct-text" },
  { within: "messages", half: "team", box: "channel-text" },
  ...(view.thread === null ? [] : [{ within: "thread", half: "team", box: "thread-text" }]),
];

/** Go to the box of the first part in this half. */
export function goTo(half) {
  enter(parts().find((part) => part.half === half));
}

function enter({ half, box }) {
  showHalf(half);
  byId(box).focus();
}

/** F6 goes from part to part, as in Slack's own client: network, channel, thread; with Shift the other way. */
export function jump(event) {
  if (event.key !== "F6" || document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  const all = parts();
  const here = all.findIndex(({ within, box }) => byId(within).contains(document.activeElement) || document.activeElement === byId(box));
  const step = event.shiftKey ? -1 : 1;
  const start = here === -1 && event.shiftKey ? 0 : here;
  enter(all[(start + step + all.length) % all.length]);
}
