// What came in the channel while nobody looked: where it begins, and how much it is.

import { byId } from "./dom.js";
import { counted } from "./texts.js";
import { view } from "./view.js";

/** How long the line that says where it begins stays once the reader is there, in milliseconds. */
const LINE_STAYS = 4000;

/** The ts of the last message that was seen before; null while everything is seen. */
let mark = null;
let leaving = null;

/** The first of these messages that nobody has seen yet, or null. Call it before they are drawn in `list`. */
export function firstNews(list, messages) {
  const watched = list.dataset.away !== "true" && list.checkVisibility() && document.visibilityState === "visible";
  if (!watched) {
    clearTimeout(leaving);
    leaving = null;
    mark ??= list.lastElementChild?.dataset.key ?? messages.at(-1)?.ts ?? null;
  } else if (mark !== null) {
    leaving ??= setTimeout(() => {
      mark = leaving = null;
      view.store.touch();
    }, LINE_STAYS);
  }
  const news = messages.filter(({ ts, user }) => mark !== null && ts > mark && user !== view.agent);
  const button = byId("messages-new");
  button.hidden = news.length === 0 || list.dataset.away !== "true";
  button.textContent = counted("news", news.length);
  return news[0]?.ts ?? null;
}
