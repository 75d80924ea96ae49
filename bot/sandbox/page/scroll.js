// Keeps a list at its newest message until its reader scrolls away from there, and brings messages into view.

import { byKey } from "./dom.js";

/** So close to the end, in pixels, a reader stays at the end. */
const NEAR = 60;

/**
 * Hold `list` at its newest message, whatever happens to its size or to what is in it, until the reader scrolls away
 * (`data-away`). `looked()` is called whenever something else may be in view than before.
 */
export function holdEnd(list, looked = () => {}) {
  const measure = () => `${list.clientHeight} ${list.scrollHeight}`;
  let shape = measure();
  const hold = () => {
    if (list.dataset.away !== "true") list.scrollTop = list.scrollHeight;
    shape = measure();
    looked();
  };
  list.addEventListener("scroll", () => {
    // What scrolls together with another shape is the layout: nobody went anywhere.
    if (measure() !== shape && list.dataset.away !== "true") return hold();
    list.dataset.away = String(list.scrollTop + list.clientHeight < list.scrollHeight - NEAR);
    return looked();
  });
  const sizes = new ResizeObserver(hold);
  sizes.observe(list);
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      addedNodes.forEach((node) => sizes.observe(node, { box: "border-box" }));
      removedNodes.forEach((node) => sizes.unobserve(node));
    }
    hold();
  }).observe(list, { childList: true });
}

/** Go to the newest message. */
export function jumpToEnd(list) {
  list.dataset.away = "false";
  list.scrollTop = list.scrollHeight;
}

/** Show the message with this key, wherever the reader is; the newest one brings the list to its end. */
export function bringUp(list, key) {
  const item = byKey(list, key);
  if (item === null) return;
  if (item === list.lastElementChild) jumpToEnd(list);
  else item.scrollIntoView({ block: "nearest" });
}
