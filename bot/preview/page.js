// The chat page: shows what the server knows and sends what the person does.
import { closePopups, menuItem, openPopup, popups, walkCommands } from "./popups.js";
import { make, renderMessage } from "./render.js";
import { $, api, attempt, post, tell, toast } from "./talk.js";

const state = { info: null, chats: [], chat: null, thread: null, revision: 0, messages: new Map(), unread: new Set(), typing: [], look: null, payload: null };

// --- what the page shows -------------------------------------------------------------------

const isPrivate = () => state.chat.type === "private";
const nameOf = (chat) => chat.type === "private" ? state.info.bot.first_name : chat.title;
const speaker = () => isPrivate() ? state.chat.id : Number($("speaker").value) || state.chat.members[0].id;
const zoned = (seconds, options) => new Intl.DateTimeFormat("en-GB", { timeZone: state.info.clock.zone, ...options }).format(seconds * 1000);

const context = {
  get me() { return state.chat.members[0].id; },
  get group() { return !isPrivate(); },
  time: (seconds) => zoned(seconds, { hour: "2-digit", minute: "2-digit" }),
  deepLink(url) {
    const own = url.hostname === "t.me" && url.pathname.slice(1).toLowerCase() === state.info.bot.username.toLowerCase();
    return own ? url.searchParams.get("start") ?? "" : null;
  },
  start: (payload) => say(payload ? `/start ${payload}` : "/start"),
  say: (text) => say(text),
  copy: (text) => attempt(async () => { await navigator.clipboard.writeText(text); toast("Copied."); }),
  show(id) { $("messages").querySelector(`[data-id="${Number(id)}"]`)?.scrollIntoView({ block: "center" }); },
  async press(message, data, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const answer = await attempt(() => post(`chats/${state.chat.id}/press`, { message_id: message.message_id, data, from_user: speaker() }));
    button.removeAttribute("aria-busy");
    if (answer && !answer.answered) toast("The bot has not answered this button.");
    if (answer?.text) (answer.show_alert ? tell : toast)(answer.text);
  },
};

function avatar(chat) {
  const node = make("span", { className: chat.type === "private" ? "avatar" : "avatar group", "aria-hidden": "true" });
  node.textContent = (nameOf(chat)[0] ?? "?").toUpperCase();
  return node;
}

function showChats() {
  $("chats").replaceChildren(...state.chats.map((chat) => {
    const about = chat.type === "private" ? "Private chat" : `${chat.is_forum ? "Forum" : "Group"}, ${chat.members.length + 1} members`;
    const words = make("span", { className: "words" }, make("strong", {}, nameOf(chat)), make("span", {}, about));
    const button = make("button", { type: "button", className: "chat", onclick: () => openChat(chat.id) }, avatar(chat), words);
    if (chat.id === state.chat?.id) button.setAttribute("aria-current", "true");
    else if (state.unread.has(chat.id)) button.append(make("span", { className: "unread", role: "img", "aria-label": "New messages" }));
    return button;
  }));
}

function showHead() {
  const busy = state.typing.includes(String(state.chat.id));
  $("title").textContent = nameOf(state.chat);
  $("subtitle").textContent = busy ? "typing…" : isPrivate() ? "bot" : `${state.chat.members.length + 1} members`;
  $("subtitle").classList.toggle("busy", busy);
  $("avatar").className = avatar(state.chat).className;
  $("avatar").textContent = avatar(state.chat).textContent;
  keepBottom(() => { $("typing").hidden = !busy; });
  document.title = `${nameOf(state.chat)} · ${state.info.edition.name}`;
}

function showClock() {
  const { clock, edition } = state.info;
  $("brand").textContent = state.info.bot.first_name;
  $("edition").textContent = `${edition.name}, ${clock.date}`;
  $("note").textContent = edition.note;
  $("now").textContent = `${clock.time} ${clock.zone.split("/").at(-1).replaceAll("_", " ")}`;
  $("open-skip").hidden = !clock.adjustable;
}

// The field, or the button that stands in its place.
function showFoot() {
  const { chat } = state;
  const fresh = isPrivate() && !chat.started && state.messages.size === 0;
  const blocked = isPrivate() && chat.bot_standing === "kicked";
  const stopped = fresh || blocked || state.payload !== null;
  $("start").textContent = blocked ? "Unblock" : "Start";
  $("start").hidden = !stopped;
  $("composer").hidden = stopped;
  $("empty").hidden = state.messages.size > 0 || !isPrivate();
  $("description").textContent = state.info.bot.description || state.info.bot.short_description || "Press Start to find out.";
  $("as").hidden = isPrivate();
  if (!isPrivate()) {
    const chosen = $("speaker").value;
    $("speaker").replaceChildren(...chat.members.map((one) => make("option", { value: one.id }, one.first_name + (one.standing === "member" ? "" : " ★"))));
    if (chat.members.some((one) => String(one.id) === chosen)) $("speaker").value = chosen;
  }
  const rows = chat.keyboard?.rows ?? [];
  $("keyboard").hidden = !rows.length || stopped;
  $("keyboard").replaceChildren(...rows.map((row) => make("div", {}, ...row.map((label) => make("button", { type: "button", onclick: () => say(label) }, label)))));
  const topics = Object.entries(chat.threads);
  $("topics").hidden = !chat.is_forum;
  $("topics").replaceChildren(...[["", "General"], ...topics].map(([id, name]) => make("button", {
    type: "button", role: "tab", "aria-selected": String((state.thread ?? "") === id),
    onclick: () => { state.thread = id || null; showFoot(); showMessages(); },
  }, name)));
}

function atBottom() {
  const log = $("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function keepBottom(change) {
  const follow = atBottom();
  change();
  if (follow) $("log").scrollTop = $("log").scrollHeight;
  $("jump").hidden = atBottom();
}

function showMessages() {
  const list = $("messages");
  const shown = [...state.messages.values()].filter((one) => !state.chat.is_forum || String(one.message_thread_id ?? "") === (state.thread ?? ""));
  const known = new Map([...list.querySelectorAll("[data-revision]")].map((node) => [node.dataset.revision, node]));
  const nodes = [];
  let day = "", before = null;
  for (const message of shown) {
    const today = zoned(message.date, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    if (today !== day) nodes.push(make("li", { className: "day" }, today));
    const key = `${state.chat.id}.${message.message_id}.${message.revision}`;
    const node = known.get(key) ?? renderMessage(message, context);
    node.dataset.revision = key;
    const next = today === day && before?.dataset.from === node.dataset.from && node.dataset.from;
    node.classList.toggle("next", Boolean(next));
    nodes.push(node);
    [day, before] = [today, node];
  }
  keepBottom(() => list.replaceChildren(...nodes));
}

// --- what the server says ------------------------------------------------------------------

let fetching = null;
let again = false;

// Fetches what is new in the open chat; asked again meanwhile, it looks once more afterwards.
function refresh() {
  again = true;
  fetching ??= (async () => {
    try {
      while (again) {
        again = false;
        await fetchNew();
      }
    } finally {
      fetching = null;
    }
  })();
  return fetching;
}

async function fetchNew() {
  const id = state.chat.id;
  const found = await api(`chats/${id}/messages?after=${state.revision}`);
  if (id !== state.chat.id || !found.messages.length) return;
  state.revision = found.revision;
  for (const message of found.messages) {
    if (message.deleted) state.messages.delete(message.message_id);
    else state.messages.set(message.message_id, message);
  }
  state.messages = new Map([...state.messages].sort((one, two) => one[0] - two[0]));
  state.chat.started ||= found.messages.some((one) => one.from && !one.from.is_bot);
  showMessages();
  showFoot();
}

async function loadChats() {
  const { chats, looks } = await api("chats");
  Object.assign(state, { chats, look: looks });
  if (state.chat) {
    state.info.bot = (await api("info")).bot;
    state.chat = state.chats.find((one) => one.id === state.chat.id) ?? state.chats[0];
    showFoot();
  }
  showChats();
}

async function openChat(id) {
  state.chat = state.chats.find((one) => one.id === id) ?? state.chats[0];
  Object.assign(state, { revision: 0, messages: new Map(), thread: null });
  state.unread.delete(state.chat.id);
  closePopups();
  $("side").classList.remove("open");
  $("shade").hidden = true;
  $("messages").replaceChildren();
  showChats();
  showHead();
  await attempt(refresh);
  showFoot();
  $("log").scrollTop = $("log").scrollHeight;
  if (!$("composer").hidden && matchMedia("(hover: hover)").matches) $("text").focus();
}

async function loadClock() {
  state.info.clock = await api("clock");
  showClock();
}

function listen() {
  const source = new EventSource("/api/events");
  let moves = null;
  source.onmessage = async (event) => {
    const now = JSON.parse(event.data);
    state.typing = now.typing;
    for (const [id, revision] of Object.entries(now.revisions)) {
      const chat = state.chats.find((one) => String(one.id) === id);
      if (chat && chat.id !== state.chat.id && revision > chat.revision) state.unread.add(chat.id);
      if (chat) chat.revision = revision;
    }
    showHead();
    if (now.revisions[state.chat.id] > state.revision) await attempt(refresh);
    if (moves !== null && moves !== now.clock_moves) await attempt(loadClock);
    moves = now.clock_moves;
    if (state.look !== now.look) await attempt(loadChats);
    else showChats();
  };
}

// --- what the person does ------------------------------------------------------------------

async function say(text) {
  const body = { text, from_user: speaker() };
  if (state.thread) body.thread_id = Number(state.thread);
  const sent = await attempt(() => post(`chats/${state.chat.id}/messages`, body));
  if (sent) {
    await refresh();
    $("log").scrollTop = $("log").scrollHeight;
  }
  return sent;
}

async function sendText() {
  const text = $("text").value;
  if (!text.trim()) return;
  $("text").value = "";
  grow();
  closePopups();
  if (!await say(text)) {
    $("text").value = text;
    grow();
  }
}

async function sendFile(file) {
  if (!file) return;
  if (file.size > 20 * 1024 * 1024) return toast("The file is larger than 20 MB.");
  const form = new FormData();
  form.append("file", file);
  form.append("from_user", speaker());
  if (state.thread) form.append("thread_id", state.thread);
  await attempt(() => api(`chats/${state.chat.id}/files`, { method: "POST", body: form }));
  await refresh();
  $("log").scrollTop = $("log").scrollHeight;
}

function grow() {
  const field = $("text");
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

async function skip(body) {
  const moved = await attempt(() => post("clock", body));
  if (moved) {
    state.info.clock = moved;
    showClock();
    toast(`It is now ${moved.time} on ${moved.date}.`);
  }
}

function skipItems() {
  const { clock } = state.info;
  return [
    menuItem("Next morning", "07:30", () => skip({ to: clock.next_morning })),
    menuItem("+1 hour", "", () => skip({ by_seconds: 3600 })),
    menuItem("+1 day", "", () => skip({ by_seconds: 86400 })),
  ];
}

function moreItems() {
  const path = `chats/${state.chat.id}`;
  const change = (act) => attempt(async () => { await act(); await loadChats(); await refresh(); });
  if (isPrivate()) {
    const blocked = state.chat.bot_standing === "kicked";
    return [menuItem(blocked ? "Unblock the bot" : "Block the bot", "", () => change(() => post(`${path}/block`, { blocked: !blocked })), blocked ? "" : "bad")];
  }
  const standing = (value) => () => change(() => post(`${path}/bot`, { standing: value, from_user: speaker() }));
  if (["left", "kicked"].includes(state.chat.bot_standing)) return [menuItem("Add the bot", "", standing("member"))];
  const admin = state.chat.bot_standing === "administrator";
  return [
    menuItem(admin ? "Make the bot a member" : "Make the bot an admin", "", standing(admin ? "member" : "administrator")),
    menuItem("Remove the bot", "", standing("kicked"), "bad"),
  ];
}

function commandItems() {
  const typed = /^\/(\w*)$/.exec($("text").value)?.[1] ?? "";
  return state.chat.commands.filter((one) => one.command.startsWith(typed.toLowerCase())).map((one) => make("button", {
    type: "button", role: "option", "aria-selected": "false",
    onclick: () => { $("text").value = ""; closePopups(); say(`/${one.command}`); $("text").focus(); },
  }, make("span", {}, `/${one.command}`), make("span", {}, one.description)));
}

function bindField() {
  const field = $("text");
  field.addEventListener("input", () => {
    grow();
    if (/^\/\w*$/.test(field.value)) openPopup("open-commands", "commands", commandItems());
    else closePopups();
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!$("commands").hidden && walkCommands(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      sendText();
    }
  });
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); sendText(); });
  $("attach").onclick = () => $("file").click();
  $("file").onchange = async () => { await sendFile($("file").files[0]); $("file").value = ""; };
  $("log").addEventListener("dragover", (event) => event.preventDefault());
  $("log").addEventListener("drop", (event) => { event.preventDefault(); sendFile(event.dataTransfer.files[0]); });
}

function bind() {
  const items = { skip: skipItems, more: moreItems, commands: commandItems };
  const escape = () => {
    const open = popups.find(([, popup]) => !$(popup).hidden);
    closePopups();
    side(false);
    if (open) $(open[1] === "commands" ? "text" : open[0]).focus();
  };
  for (const [opener, popup] of popups) {
    $(opener).onclick = () => {
      if ($(popup).hidden) {
        openPopup(opener, popup, items[popup]());
        if (popup !== "commands") $(popup).firstElementChild?.focus();
        else if ($(popup).hidden) toast("This bot has no command menu yet.");
        else $("text").focus();
      } else closePopups();
    };
  }
  document.addEventListener("click", (event) => { if (!event.target.closest(".menu, #composer")) closePopups(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") escape(); });
  const side = (open) => { $("side").classList.toggle("open", open); $("shade").hidden = !open; $("open-side").setAttribute("aria-expanded", String(open)); };
  $("open-side").onclick = () => side(true);
  $("shade").onclick = () => side(false);
  $("log").addEventListener("scroll", () => { $("jump").hidden = atBottom(); });
  $("jump").onclick = () => { $("log").scrollTop = $("log").scrollHeight; };
  $("start").onclick = async () => {
    if (isPrivate() && state.chat.bot_standing === "kicked") await attempt(() => post(`chats/${state.chat.id}/block`, { blocked: false }));
    const payload = state.payload;
    state.payload = null;
    state.chat.started = true;
    await context.start(payload);
    await attempt(loadChats);
    $("text").focus();
  };
  bindField();
}

// `/?start=payload` starts the bot with it, at once unless another site sent us here.
async function deepLink() {
  const payload = new URLSearchParams(location.search).get("start");
  if (payload === null || !/^[\w-]{0,64}$/.test(payload)) return;
  history.replaceState(null, "", "/");
  const foreign = document.referrer && new URL(document.referrer).origin !== location.origin;
  if (foreign) {
    state.payload = payload;
    showFoot();
  } else await context.start(payload);
}

async function begin() {
  state.info = await api("info");
  showClock();
  await loadChats();
  bind();
  await openChat(state.chats[0].id);
  listen();
  await deepLink();
  setInterval(() => { if (!document.hidden) loadClock().catch(() => {}); }, 20_000);
  document.documentElement.dataset.ready = "true";
}

begin().catch((error) => tell(`The preview could not start: ${error.message}`));
