// Requests to the server, and the short notices that tell the person how they went.

export const $ = (id) => document.getElementById(id);

export async function api(path, options) {
  const response = await fetch(`/api/${path}`, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? response.statusText);
  return body;
}
export const post = (path, body) => api(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

// Does something and tells the person when it fails.
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    toast(error instanceof TypeError ? "The program does not answer. Is it still running?" : error.message);
    return null;
  }
}

let toastTimer = 0;
export function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 2500 + 40 * text.length);
}

export function tell(text) {
  $("alert-text").textContent = text;
  $("alert").showModal();
}
