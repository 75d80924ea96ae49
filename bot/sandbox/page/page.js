// Brings the page to life: connects to the servers, draws what they say, and works the bar at the top.

import { announce } from "./announce.js";
import { description, emojiTable, sandbox } from "./api.js";
import * as clock from "./clock.js";
import { dayTime } from "./dates.js";
import { confirmed, help, sayAgain } from "./dialog.js";
import { byId, ownAddress } from "./dom.js";
import { learn } from "./emoji.js";
import { refreshThreadAges } from "./message.js";
import { refreshAges } from "./mrkdwn.js";
import { drawNetwork, startNetwork } from "./network.js";
import { drawHalves, goTo, jump, showHalf } from "./parts.js";
import { drawGuide, recallGuide, startGuide } from "./steps.js";
import { drawTeam, startTeam } from "./team.js";
import { language, preferred, speak, t } from "./texts.js";
import { forget, remember, remembered, view } from "./view.js";

/** How often what passes is drawn again, in milliseconds of the sandbox, and of the machine at least. */
const AGES_EVERY = 15_000;
const LEAST = 1_000;

async function refresh() {
  view.sandbox = await description();
  const { brand } = view.sandbox.x;
  view.brand = { name: brand.handle, ...brand };
  view.shortcuts = view.sandbox.slack.shortcuts.map((id) => ({ id, name: id.replaceAll("_", " ") }));
}

function draw(arrivals, changes) {
  if (isAnother()) return;
  drawWorld();
  drawNetwork(arrivals);
  drawTeam(arrivals, changes);
  drawBar();
  announce(arrivals, changes);
  drawGuide(arrivals, changes);
  drawHalves(arrivals);
}

function drawBar() {
  const { connected, known } = view.store;
  const state = byId("link-state");
  const words = t(connected ? "connected" : known ? "disconnected" : "connecting");
  if (state.textContent !== words) state.textContent = words;
  state.dataset.state = connected ? "up" : "down";
  const crowd = view.store.get("crowd", "crowd") ?? { running: false };
  const toggle = byId("crowd-toggle");
  toggle.setAttribute("aria-pressed", String(crowd.running));
  toggle.textContent = t(crowd.running ? "crowd_stop" : "crowd_start");
  const pace = byId("crowd-pace");
  if (crowd.running && document.activeElement !== pace) pace.value = crowd.pace;
}

function tell(name, keep) {
  speak(name, { keep });
  view.language = language();
  const other = language() === "nl" ? "en" : "nl";
  byId("language").textContent = other === "nl" ? "Nederlands" : "English";
  byId("language").lang = other;
  sayAgain();
  view.store.touch();
}

/** The demo's bot and the page speak the same language; without a demo the page goes by itself. */
async function switchLanguage() {
  const other = language() === "nl" ? "en" : "nl";
  if (view.store.get("world", "world")?.language === null) return tell(other, true);
  const button = byId("language");
  button.disabled = true;
  await sandbox("language", { language: other }).finally(() => {
    button.disabled = false;
    button.focus();
  });
  return undefined;
}

/** Throw everything away, once that was agreed to; the page comes back by itself. */
async function beginAnew() {
  const agreed = await confirmed({ title: t("anew"), text: t("anew_text"), yes: t("anew_yes"), no: t("cancel"), danger: true });
  if (!agreed) return;
  recallGuide();
  await sandbox("anew", {});
}

/** Whether another world has begun at the same address: then this tab forgets what it was in the former one. */
function isAnother() {
  const { born } = view.store.get("world", "world") ?? {};
  const known = remembered("born");
  if (born === undefined || born === known) return false;
  if (known !== null) {
    forget();
    location.reload();
  }
  remember("born", born);
  return known !== null;
}

/** Follow the world's language. */
function drawWorld() {
  const world = view.store.get("world", "world");
  if (world === null) return;
  clock.set(world);
  drawClock();
  byId("anew").hidden = world.language === null;
  if (world.language !== null && world.language !== language()) tell(world.language, false);
}

/** Where it is another time than outside, the bar tells which. */
function drawClock() {
  const shown = byId("clock");
  shown.hidden = !clock.isElsewhere();
  if (shown.hidden) return;
  const words = t(clock.speed() === 1 ? "clock" : "clock_fast", { time: dayTime(new Date(clock.present())), speed: clock.speed() });
  if (shown.textContent !== words) shown.textContent = words;
}

function startBar() {
  byId("language").addEventListener("click", switchLanguage);
  byId("anew").addEventListener("click", beginAnew);
  byId("help-open").addEventListener("click", help);
  startGuide();
  for (const name of ["network", "team"]) byId(`show-${name}`).addEventListener("click", () => showHalf(name));
  byId("crowd").addEventListener("submit", async (event) => {
    event.preventDefault();
    const running = byId("crowd-toggle").getAttribute("aria-pressed") === "true";
    await sandbox("crowd", { running: !running, pace: Number(byId("crowd-pace").value) });
  });
  byId("crowd-pace").addEventListener("change", async (event) => {
    const crowd = view.store.get("crowd", "crowd");
    if (crowd?.running && event.target.checkValidity()) await sandbox("crowd", { running: true, pace: Number(event.target.value) });
  });
  for (const link of document.querySelectorAll("[data-skip]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(link.dataset.skip);
    });
  }
  document.addEventListener("keydown", jump);
  document.addEventListener("click", follow);
}

const ON_X = /^https:\/\/(?:x|twitter)\.com\//;

/** A message of the local Slack: its ts without the dot, and perhaps its thread. */
const IN_SLACK = /\/slack\/archives\/[A-Z0-9]+\/p(\d+)(\d{6})(?:\?|$)/;

/** A link to X or Slack means that of this page: a post, the private messages or a thread that is here is shown here. */
function follow(event) {
  const address = event.target.closest("a[href]")?.href ?? "";
  const [, seconds, fraction] = IN_SLACK.exec(ownAddress(address) ?? "") ?? [];
  if (view.store.get("message", `${seconds}.${fraction}`) !== null) {
    event.preventDefault();
    showHalf("team");
    view.openThread(`${seconds}.${fraction}`);
  }
  if (!ON_X.test(address)) return;
  const [, id] = /\/status\/(\d+)/.exec(address) ?? [];
  const post = id === undefined ? null : byId("posts").querySelector(`[data-key="${id}"]`);
  if (post === null && !address.includes("/messages/compose")) return;
  event.preventDefault();
  showHalf("network");
  byId(post === null ? "tab-direct" : "tab-timeline").click();
  (post ?? byId("direct-text")).focus();
}

async function start() {
  tell(preferred(), false);
  view.customer = remembered("customer") ?? "";
  view.agent = remembered("agent") ?? "";
  startBar();
  startNetwork(refresh);
  startTeam(refresh);
  const [table] = await Promise.all([emojiTable(), refresh()]);
  learn(table);
  view.store.watch(draw);
  view.store.connect("sandbox/events");
  passTime();
}

function passTime() {
  setTimeout(() => {
    refreshAges(document);
    refreshThreadAges();
    view.store.touch();
    passTime();
  }, Math.max(LEAST, AGES_EVERY / clock.speed()));
}

start();
