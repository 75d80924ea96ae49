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

/** Every place that F6 stops at, in order: the boxes, and the lists on the message one stands on. */
const stops = () => [
  { half: "network", box: byId("direct-panel").hidden ? "post-text" : "direct-text" },
  { half: "network", list: "posts" },
  ...(isCovered() ? [] : [{ half: "team", list: "messages" }, { half: "team", box: "channel-text" }]),
  ...(view.thread === null ? [] : [{ half: "team", list: "thread-messages" }, { half: "team", box: "thread-text" }]),
].filter(({ list }) => list === undefined || stood(list) !== null);

/** Whether a thread lies over the channel, where there is room for one of them only. */
const isCovered = () => getComputedStyle(document.querySelector(".channel")).display === "none";

const stood = (list) => byId(list).querySelector(':scope > [tabindex="0"]');

/** Go to the first box of this half. */
export function goTo(half) {
  enter(stops().find((stop) => stop.half === half && stop.box !== undefined));
}

function enter({ half, box, list }) {
  showHalf(half);
  (box === undefined ? stood(list) : byId(box)).focus();
}

/** F6 goes from part to part, as in Slack's own client; with Shift the other way. */
export function jump(event) {
  if (event.key !== "F6" || document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  const all = stops();
  const here = all.findIndex(({ box, list }) => byId(box ?? list).contains(document.activeElement));
  const step = event.shiftKey ? -1 : 1;
  const start = here === -1 && event.shiftKey ? 0 : here;
  enter(all[(start + step + all.length) % all.length]);
}
