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

/**
 * Make `list` hold one element per item, in order, touching only what changed.
 * `sign(item)` says what an element shows; an equal sign keeps the element, so focus and scroll stay where they are.
 * Controls that carry `data-focus` get the focus back when their element is rebuilt.
 */
export function reconcile(list, items, { key, sign, build }) {
  const wanted = new Set(items.map(key));
  for (const element of [...list.children]) {
    if (!wanted.has(element.dataset.key)) removeKeepingFocus(element);
  }
  const standing = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const signature = sign(item);
    let element = standing.get(id);
    if (element === undefined || element.signature !== signature) {
      const held = element?.contains(document.activeElement) ? document.activeElement : null;
      const fresh = build(item);
      fresh.dataset.key = id;
      fresh.signature = signature;
      if (element !== undefined) {
        if (place === element) place = fresh;
        if (element.dataset.current !== undefined) fresh.dataset.current = element.dataset.current;
        element.replaceWith(fresh);
        if (held !== null) focusAgain(held, fresh);
      }
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
}

function focusAgain(held, fresh) {
  const mark = held.dataset.focus;
  const again = mark === undefined ? null : fresh.querySelector(`[data-focus="${CSS.escape(mark)}"]`);
  (again ?? fresh).focus({ preventScroll: true });
}

function removeKeepingFocus(element) {
  const next = element.nextElementSibling ?? element.previousElementSibling;
  const held = element.contains(document.activeElement);
  element.remove();
  if (held) next?.focus({ preventScroll: true });
}
