// Messages as DOM nodes. Text never becomes markup: every piece of it is a text node.

export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// A link that may be followed; null for every other scheme.
export function safeLink(link) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(link) ? link : `http://${link}`);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

function anchor(link, context) {
  const url = safeLink(link);
  if (!url) return make("span");
  const payload = context.deepLink(url);
  if (payload !== null) {
    return make("button", { type: "button", className: "link", onclick: () => context.start(payload) });
  }
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" });
}

function spoiler() {
  const node = make("span", { className: "spoiler", tabIndex: 0, role: "button", "aria-label": "Hidden text" });
  const show = () => {
    node.classList.add("shown");
    for (const name of ["tabindex", "role", "aria-label"]) node.removeAttribute(name);
  };
  node.onclick = show;
  node.onkeydown = (event) => { if (event.key === "Enter" || event.key === " ") show(); };
  return node;
}

// The element of an entity, and where its content goes.
function element(entity, covered, context) {
  if (TAGS[entity.type]) return make(TAGS[entity.type]);
  switch (entity.type) {
    case "pre": return make("pre");
    case "blockquote": return make("blockquote");
    case "expandable_blockquote": return make("blockquote", { className: "folded" });
    case "spoiler": return spoiler();
    case "text_link": return anchor(entity.url, context);
    case "url": return anchor(covered, context);
    case "email": return anchor(`mailto:${covered}`, context);
    case "bot_command":
      return make("button", { type: "button", className: "link", onclick: () => context.say(covered) });
    default: return make("span");
  }
}

function unfold(quote) {
  const button = make("button", { type: "button", className: "unfold", "aria-expanded": "false" }, "Show more");
  button.onclick = () => {
    const folded = quote.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? "Show more" : "Show less";
  };
  return button;
}

// Offsets count UTF-16 units, which is what JavaScript's strings are made of.
export function renderText(text, entities = [], context) {
  const build = (start, end, list) => {
    const part = document.createDocumentFragment();
    let at = start;
    const waiting = [...list];
    while (waiting.length) {
      const entity = waiting.shift();
      const from = Math.max(entity.offset, at);
      const to = Math.min(entity.offset + entity.length, end);
      if (to <= from) continue;
      part.append(text.slice(at, from));
      const inner = [];
      while (waiting.length && waiting[0].offset < to) {
        const next = waiting.shift();
        const over = next.offset + next.length - to;
        inner.push({ ...next, length: next.length - Math.max(over, 0) });
        if (over > 0) waiting.unshift({ ...next, offset: to, length: over });
        if (over > 0) break;
      }
      const node = element(entity, text.slice(from, to), context);
      node.append(build(from, to, inner));
      part.append(node);
      if (entity.type === "expandable_blockquote") part.append(unfold(node));
      at = to;
      if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
    }
    part.append(text.slice(at, end));
    return part;
  };
  return build(0, text.length, entities);
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function photo(sizes, caption) {
  const whole = sizes.at(-1);
  const shown = sizes.find((one) => one.width >= 800) ?? whole;
  const image = make("img", { src: `/api/files/${shown.file_id}`, width: whole.width, height: whole.height, alt: caption || "Picture" });
  return make("a", { className: "photo", href: `/api/files/${whole.file_id}`, target: "_blank", rel: "noopener" }, image);
}

function documentLink(file) {
  const words = make("div", {}, make("strong", {}, file.file_name), make("span", {}, size(file.file_size)));
  return make("a", { className: "document", href: `/api/files/${file.file_id}`, download: file.file_name }, icon("file"), words);
}

function keyboard(message, context) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  const box = make("div", { className: "keyboard" });
  for (const row of rows) {
    box.append(make("div", {}, ...row.map((button) => keyboardButton(message, button, context))));
  }
  return box;
}

function keyboardButton(message, button, context) {
  const url = button.url && safeLink(button.url);
  if (url && context.deepLink(url) === null) {
    return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, button.text);
  }
  const node = make("button", { type: "button", title: button.text }, button.text);
  if (url) node.onclick = () => context.start(context.deepLink(url));
  else if (button.copy_text) node.onclick = () => context.copy(button.copy_text.text);
  else if (button.callback_data) node.onclick = () => context.press(message, button.callback_data, node);
  else node.disabled = true;
  return node;
}

function origin(from) {
  const name = from.sender_user_name ?? from.sender_user?.first_name ?? from.chat?.title ?? "";
  return make("span", { className: "origin" }, `Forwarded from ${name}`);
}

function service(message) {
  const names = (people) => people.map((person) => person.first_name).join(", ");
  if (message.new_chat_members) return `${message.from.first_name} added ${names(message.new_chat_members)}`;
  if (message.left_chat_member) return `${message.from.first_name} removed ${message.left_chat_member.first_name}`;
  return null;
}

// One message: its list item. `context` has what the message's controls do.
export function renderMessage(message, context) {
  const notice = service(message);
  if (notice) return make("li", { className: "service" }, notice);
  const own = !message.from.is_bot && message.from.id === context.me;
  const bubble = make("div", { className: "bubble" });
  if (context.group && !own) bubble.append(make("div", { className: "name" }, message.from.first_name));
  if (message.forward_origin) bubble.append(origin(message.forward_origin));
  if (message.reply_to_message) {
    const to = message.reply_to_message;
    const words = to.text ?? to.caption ?? "Attachment";
    bubble.append(make("button", { type: "button", className: "reply", onclick: () => context.show(to.message_id) }, words.slice(0, 120)));
  }
  if (message.photo) bubble.append(photo(message.photo, message.caption));
  if (message.document) bubble.append(documentLink(message.document));
  const words = make("div", { className: "text" });
  words.append(renderText(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities, context));
  const stamp = context.time(message.date);
  words.append(make("span", { className: "meta" }, message.edit_date ? `edited ${stamp}` : stamp));
  bubble.append(words);
  const row = make("li", { className: own ? "row out" : "row" }, bubble);
  row.dataset.id = message.message_id;
  row.dataset.from = message.from.id;
  if (message.reply_markup?.inline_keyboard) {
    row.classList.add("keys");
    row.append(keyboard(message, context));
  }
  return row;
}
