// The small lists that open from buttons: skip, chat options, commands.
import { make } from "./render.js";
import { $ } from "./talk.js";

export const popups = [["open-skip", "skip"], ["open-more", "more"], ["open-commands", "commands"]];
export function closePopups(except = "") {
  for (const [opener, popup] of popups) {
    if (popup === except) continue;
    $(popup).hidden = true;
    $(opener).setAttribute("aria-expanded", "false");
  }
}

export function openPopup(opener, popup, items) {
  closePopups(popup);
  $(popup).replaceChildren(...items);
  $(popup).hidden = items.length === 0;
  $(opener).setAttribute("aria-expanded", String(items.length > 0));
}

export function menuItem(label, about, act, className = "") {
  return make("button", { type: "button", role: "menuitem", className, onclick: () => { closePopups(); act(); } }, make("span", {}, label), make("span", {}, about));
}

// Arrow keys walk through an open list; Enter takes the marked entry.
export function walkCommands(event) {
  const items = [...$("commands").children];
  const at = items.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const to = (at + (event.key === "ArrowDown" ? 1 : items.length - (at < 0 ? 0 : 1))) % items.length;
    items.forEach((one, index) => one.setAttribute("aria-selected", String(index === to)));
    items[to].scrollIntoView({ block: "nearest" });
    return true;
  }
  if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    items[at].click();
    return true;
  }
  return false;
}
