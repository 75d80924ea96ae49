// What came in a list of messages while nobody looked: where it begins, and how much of it is still to be seen.

import { isStop } from "./dom.js";
import { jumpToEnd } from "./scroll.js";
import { counted } from "./texts.js";
import { view } from "./view.js";

/** How long the line that says where it begins stays once the reader is there, in milliseconds. */
const LINE_STAYS = 4000;
/** So much of a message, in pixels, is enough to have seen it. */
const GLIMPSE = 60;

/** What is new in one list, with the button that counts it and leads there. */
export class News {
  #list;
  #button;
  /** What the list shows: another thread has news of its own. */
  #room = null;
  /** The ts of the last message that was seen before; null while everything is seen. */
  #mark = null;
  /** The ts of the last message that was in view. */
  #seen = "";
  #leaving = null;
  #fresh = [];

  constructor(list, button) {
    this.#list = list;
    this.#button = button;
    button.addEventListener("click", () => {
      jumpToEnd(list);
      list.lastElementChild?.focus();
      view.store.touch();
    });
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** The first of these messages of `room` that nobody has seen yet, or null. Call it before they are drawn. */
  first(room, messages) {
    if (room !== this.#room) this.#begin(room);
    if (!this.#watched() || this.#list.dataset.away === "true") {
      clearTimeout(this.#leaving);
      this.#leaving = null;
      this.#mark ??= this.#list.lastElementChild?.dataset.key ?? messages.at(-1)?.ts ?? null;
    } else if (this.#mark !== null) {
      this.#leaving ??= setTimeout(() => {
        this.#mark = this.#leaving = null;
        view.store.touch();
      }, LINE_STAYS);
    }
    const news = messages.filter(({ ts, user }) => this.#mark !== null && ts > this.#mark && user !== view.agent);
    this.#fresh = news.map(({ ts }) => ts);
    return news[0]?.ts ?? null;
  }

  /** Take note of what is in view now, and count the rest. */
  look() {
    const bottom = this.#list.getBoundingClientRect().bottom;
    const inView = (item) => {
      const { top, height } = item.getBoundingClientRect();
      return top + Math.min(height, GLIMPSE) <= bottom;
    };
    if (this.#watched()) {
      const last = [...this.#list.children].filter(isStop).findLast(inView)?.dataset.key ?? "";
      if (last > this.#seen) this.#seen = last;
    }
    const left = this.#fresh.filter((ts) => ts > this.#seen).length;
    this.#button.hidden = left === 0 || this.#list.dataset.away !== "true";
    this.#button.textContent = counted("news", left);
  }

  #begin(room) {
    clearTimeout(this.#leaving);
    this.#room = room;
    this.#mark = this.#leaving = null;
    this.#seen = "";
    this.#list.dataset.away = "false";
  }

  #watched() {
    return this.#list.checkVisibility() && document.visibilityState === "visible";
  }
}
