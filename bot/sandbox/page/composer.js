// The boxes people type in: Enter sends, a draft is kept until it is sent, a refusal is said under the box.

import { problem, stopAdvising } from "./dialog.js";
import { byId } from "./dom.js";

/**
 * Wire the form `name`-form around the box `name`-text. `send(text)` may throw; its words stay in the box then.
 * `holds(text)` may say that nothing is sent yet, because something is asked first.
 * `escape()` is called for the Escape key, `back()` for the arrow up in an empty box.
 */
export function composer(name, { send, holds = () => false, typed = () => {}, escape = () => {}, back = () => {} }) {
  const form = byId(`${name}-form`);
  const box = byId(`${name}-text`);
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 220)}px`;
  };
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text === "" || busy || holds(text)) return;
    busy = true;
    box.value = "";
    stopAdvising(`${name}-advice`);
    problem(`${name}-problem`);
    try {
      await send(text);
    } catch (error) {
      if (box.value === "") box.value = text;
      problem(`${name}-problem`, error.message);
    } finally {
      busy = false;
      grow();
      typed(box.value);
    }
  });
  box.addEventListener("input", () => {
    grow();
    if (box.value.trim() === "") stopAdvising(`${name}-advice`);
    typed(box.value);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "ArrowUp" && box.value === "") {
      event.preventDefault();
      back();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      escape();
    }
  });
  return box;
}
