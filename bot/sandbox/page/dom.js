// Builds and updates elements. Text from people reaches the page only as text nodes and attributes, never as markup.

/** An element with attributes and children; strings become text, null children are left out, `on…` are listeners. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export const byId = (id) => document.getElementById(id);

/** The item of `list` with this key, or null. */
export const byKey = (list, key) => list.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`);

/** An initial in a colour of its own, hidden from screen readers because the name stands beside it. */
export function initial(name, seed) {
  const letters = [...name.replace(/[^\p{L}\p{N}]/gu, "")];
  const mark = el("span", { class: "avatar square", "aria-hidden": "true" }, (letters[0] ?? "?").toUpperCase());
  let hue = 7;
  for (const character of String(seed)) hue = (hue * 31 + character.codePointAt(0)) % 360;
  mark.style.setProperty("--hue", hue);
  return mark;
}

/** Somebody's profile picture, or their initial when there is none on this origin. */
export function face({ name, handle, avatar }) {
  const own = avatar ? ownAddress(avatar) : null;
  if (own === null) return initial(name, handle);
  return el("img", { class: "avatar", src: own, alt: "", loading: "lazy", width: 36, height: 36 });
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The address on this very origin, else null: nothing is loaded from outside. Loopback names mean the same. */
export function ownAddress(address) {
  try {
    const url = new URL(address, location.href);
    if (LOOPBACK.has(url.hostname) && LOOPBACK.has(location.hostname)) url.hostname = location.hostname;
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

/** Whether one can stand on an item of a list; the names of days between them are only to be read. */
export const isStop = (item) => !item.classList.contains("day");

/**
 * Where `element` is, told so that the place is found again after it was drawn anew: in a list that is the item and
 * the control in it (`data-focus`), then the item itself, then the nearest one that is left, then the list.
 */
export function placeOf(element) {
  const item = element?.closest("[data-key]") ?? null;
  const list = item?.parentElement ?? null;
  if (list === null) return { element, list: null };
  const keys = [...list.children].filter((one) => one === item || isStop(one)).map(({ dataset }) => dataset.key);
  const here = keys.indexOf(item.dataset.key);
  return { element, list, mark: element.dataset.focus ?? null, near: [...keys.slice(here), ...keys.slice(0, here).reverse()] };
}

/** Put the focus back where it was. */
export function giveBack({ element, list, mark, near }) {
  if (element === document.body || (list === null && !element?.isConnected)) return;
  if (element.isConnected) {
    focusOn(element);
    return;
  }
  const standing = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const found = near.find((key) => standing.has(key));
  const item = standing.get(found) ?? list;
  const control = mark === null || found !== near[0] ? null : item.querySelector(`[data-focus="${CSS.escape(mark)}"]`);
  if (control?.closest('[role="toolbar"]')) control.dataset.current = "true";
  focusOn(control ?? item);
}

/** Focus an element, also one that no list has given its place among the stops of the Tab key yet. */
function focusOn(element) {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/**
 * Make `list` hold one element per item, in order, touching only what changed.
 * `sign(item)` says what an element shows; an equal sign keeps the element, so focus and scroll stay where they are.
 * Whoever stood in the list stands in the same place afterwards.
 */
export function reconcile(list, items, { key, sign, build }) {
  const held = list.contains(document.activeElement) ? placeOf(document.activeElement) : null;
  const wanted = new Set(items.map(key));
  for (const element of [...list.children]) {
    if (!wanted.has(element.dataset.key)) element.remove();
  }
  const standing = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const signature = sign(item);
    let element = standing.get(id);
    if (element === undefined || element.signature !== signature) {
      const fresh = build(item);
      fresh.dataset.key = id;
      fresh.signature = signature;
      if (element !== undefined) {
        if (place === element) place = fresh;
        if (element.dataset.current !== undefined) fresh.dataset.current = element.dataset.current;
        element.replaceWith(fresh);
      }
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  if (held !== null && !list.contains(document.activeElement)) giveBack(held);
}
