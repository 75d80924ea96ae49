// Makes a list one stop for the Tab key: arrows move between its items, Tab goes on to the controls of the current one.

import { isStop } from "./dom.js";

const CONTROLS = "button, a[href], select, textarea, input";

/** Let arrows, Home and End move through `list`; Enter on an item calls `open(key)`. */
export function roving(list, open) {
  list.addEventListener("focusin", (event) => {
    const item = itemOf(list, event.target);
    if (item !== null) makeCurrent(list, item);
  });
  list.addEventListener("keydown", (event) => {
    const bar = event.target.closest('[role="toolbar"]');
    if (bar !== null && (event.key === "ArrowLeft" || event.key === "ArrowRight")) return moveInBar(event, bar);
    if (event.target.matches("input, textarea, select")) return;
    const item = itemOf(list, event.target);
    if (item === null) return;
    const target = destination(list, item, event.key);
    if (target !== null) {
      event.preventDefault();
      target.focus();
    } else if (event.key === "Enter" && event.target === item) {
      event.preventDefault();
      open(item.dataset.key);
    }
  });
}

/** Bring the stops in order after the list was drawn: one item, and in it the controls. `last` prefers the newest below. */
export function settle(list, last) {
  const items = stopsOf(list);
  const current = items.find((item) => item.dataset.current === "true");
  const fallback = last ? items.at(-1) : items[0];
  const chosen = current ?? fallback;
  for (const item of items) {
    if (item !== chosen) stops(item, false);
  }
  if (chosen !== undefined) stops(chosen, true);
}

function itemOf(list, element) {
  let item = element;
  while (item !== null && item.parentElement !== list) item = item.parentElement;
  return item;
}

function makeCurrent(list, item) {
  for (const other of stopsOf(list)) {
    if (other !== item && (other.dataset.current === "true" || other.tabIndex === 0)) {
      delete other.dataset.current;
      stops(other, false);
    }
  }
  item.dataset.current = "true";
  stops(item, true);
}

function stops(item, on) {
  item.tabIndex = on ? 0 : -1;
  for (const control of item.querySelectorAll(CONTROLS)) {
    const bar = control.closest('[role="toolbar"]');
    const first = bar === null || control === (bar.querySelector('[data-current="true"]') ?? bar.querySelector(CONTROLS));
    control.tabIndex = on && first ? 0 : -1;
  }
}

const stopsOf = (list) => [...list.children].filter(isStop);

function destination(list, item, key) {
  const items = stopsOf(list);
  const here = items.indexOf(item);
  switch (key) {
    case "ArrowDown": return items[here + 1] ?? null;
    case "ArrowUp": return items[here - 1] ?? null;
    case "Home": return items[0];
    case "End": return items.at(-1);
    default: return null;
  }
}

function moveInBar(event, bar) {
  const controls = [...bar.querySelectorAll(CONTROLS)];
  const step = event.key === "ArrowRight" ? 1 : -1;
  const here = controls.indexOf(event.target);
  const there = controls[(here + step + controls.length) % controls.length];
  for (const control of controls) {
    control.tabIndex = control === there ? 0 : -1;
    if (control === there) control.dataset.current = "true";
    else delete control.dataset.current;
  }
  event.preventDefault();
  there.focus();
}
