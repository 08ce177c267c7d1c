/* Small comforts. Every page works without this file. */
"use strict";

/* How many characters are left, shown while writing and read aloud when the writer pauses. */
for (const line of document.querySelectorAll(".rt-antal")) {
  const field = document.querySelector(`[aria-describedby~="${line.id}"]`);
  if (!field) continue;
  const limit = Number(line.dataset.limit);
  const show = () => {
    const left = limit - Array.from(field.value).length;
    line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace("%d", Math.abs(left));
    line.toggleAttribute("data-over-limit", left < 0);
  };
  let pause;
  field.addEventListener("input", () => {
    show();
    clearTimeout(pause);
    line.removeAttribute("role");
    pause = setTimeout(() => line.setAttribute("role", "status"), 1000);
  });
  if (field.value) show();
}

/* Text to copy is marked when it is reached. */
for (const field of document.querySelectorAll(".rt-kopiera")) field.addEventListener("focus", () => field.select());

/* Print. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* Who signs out leaves nothing in this window that was written and not saved. */
document.querySelector("form[data-signs-out]")?.addEventListener("submit", () => {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("utkast:")) sessionStorage.removeItem(key);
});

/* A form is sent once; the button says that it works. The server refuses a second time anyway.
   What has not led anywhere in ten seconds, such as a download, can be sent again. */
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    // A field that was followed to from what is wrong stands in the address: the same page would come back at it, past what is wrong now.
    if (location.hash && !form.hasAttribute("action")) history.replaceState(null, "", location.pathname + location.search);
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), 10000);
  });
}
function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

/* What had focus may be taken away by what it did: its row is removed, its part is done and hidden. Focus then goes to the nearest thing
   around it that is left, never to the beginning of the page, so that Tab goes on from there. Who has pressed on nothing has left it. */
let around = [];
document.addEventListener("focusin", (event) => {
  around = [];
  for (let each = event.target; each !== document.body && each; each = each.parentElement) around.push(each);
});
let isPressing = false;
document.addEventListener("mousedown", () => (isPressing = true), true);
document.addEventListener("mouseup", () => (isPressing = false), true);
document.addEventListener("focusout", (event) => isPressing && !event.relatedTarget && (around = []));
new MutationObserver(() => {
  const [held, now] = [around[0], document.activeElement];
  const isLeft = (each) => each.isConnected && each.checkVisibility();
  if (!held || (now && now !== document.body && now !== held) || isLeft(held)) return;
  const nearest = around.find(isLeft);
  if (!nearest) return;
  if (!nearest.hasAttribute("tabindex")) nearest.tabIndex = -1;
  nearest.focus({ preventScroll: true });
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "open"] });

/* The browser asks before a longer text that is not sent is left behind: it keeps no page that may show something secret,
   so that the way back would lead to an empty form. What saves itself while one writes says so. */
window.addEventListener("beforeunload", (event) => {
  const texts = document.querySelectorAll("form[method=post]:not([data-sent], [data-saves-itself]) textarea");
  const isLeft = (text) => text.value !== text.defaultValue || (text.value && "unsaved" in text.form.dataset);
  if ([...texts].some(isLeft)) event.preventDefault();
});

/* The code of a link in a letter stands behind its #, which no browser sends: it goes into the form, out of the address, and is sent. */
const codeField = document.querySelector("input[name=link_code]");
function takeCode() {
  const code = location.hash.slice(1);
  if (!code || document.getElementById(code)) return;
  codeField.value = code;
  history.replaceState(null, "", location.pathname);
  codeField.form.requestSubmit();
}
if (codeField) {
  takeCode();
  window.addEventListener("hashchange", takeCode);
}
