/* Saves what is written at the desk while one writes. Without this file the button saves, as everywhere. */
"use strict";
(() => {
  const form = document.getElementById("poang");
  const status = document.getElementById("sparat");
  if (!form || !status) return;
  form.dataset.savesItself = ""; // so that ui.js does not ask before it is left

  const PAUSE = 1200; // ms without a key before it is saved
  const LONGEST = 8000; // ms that somebody writes without a pause before it is saved anyway
  const PATIENCE = 15000; // ms that the server gets to answer
  const WAITS = [3000, 6000, 15000, 30000, 60000]; // ms between one failed try and the next
  const PREFIX = "utkast:"; // ui.js forgets what begins with it when one signs out
  const writer = form.elements["written-by"]?.value ?? "";
  const stashKey = `${PREFIX}${location.pathname}`;

  /* One part for each criterion of each item: its fields, and the mark of what it began from. */
  const parts = new Map();
  for (const card of form.querySelectorAll("[data-part]")) {
    const number = card.dataset.part;
    const fields = new Map();
    for (const field of card.querySelectorAll("input[name], textarea[name]")) {
      fields.set(field.name.replace(/_\d+$/, ""), field);
    }
    parts.set(number, { number, card, fields, base: form.elements[`based_on_${number}`], saved: null, sent: null, tries: [], other: null });
  }
  const written = (part) => Object.fromEntries([...part.fields].map(([name, field]) => [name, field.value]));
  const same = (one, two) => JSON.stringify(one) === JSON.stringify(two);
  const isUnsaved = (part) => !same(written(part), part.saved);
  const unsaved = () => [...parts.values()].filter(isUnsaved);
  for (const part of parts.values()) {
    if (!("unsaved" in part.card.dataset)) part.saved = Object.fromEntries([...part.fields].map(([name, field]) => [name, field.defaultValue]));
  }

  /* What is not saved yet is kept in this window only, in case it is closed or reloaded without contact. */
  const stash = () => {
    const kept = unsaved().map((part) => [part.number, { base: part.base.value, values: written(part) }]);
    try {
      if (kept.length) sessionStorage.setItem(stashKey, JSON.stringify({ writer, parts: Object.fromEntries(kept) }));
      else sessionStorage.removeItem(stashKey);
    } catch {
      // No room, or not allowed: the page itself still holds the words.
    }
  };
  const restore = () => {
    let found = false;
    for (const key of Object.keys(sessionStorage)) {
      if (!key.startsWith(PREFIX)) continue;
      const kept = JSON.parse(sessionStorage.getItem(key));
      if (kept.writer !== writer) sessionStorage.removeItem(key); // somebody else wrote at this screen
      else if (key === stashKey) {
        for (const [number, { base, values }] of Object.entries(kept.parts)) {
          const part = parts.get(number);
          if (!part || same(values, written(part))) continue;
          for (const [name, value] of Object.entries(values)) if (part.fields.has(name)) part.fields.get(name).value = value;
          part.base.value = base;
          found = true;
        }
      }
    }
    return found;
  };

  const say = (text, wrong = false) => {
    if (status.textContent !== text) status.textContent = text;
    if (wrong) status.dataset.state = "wrong";
    else delete status.dataset.state;
  };

  let pause, longest, again, failures = 0, running = null;
  const soon = () => {
    clearTimeout(pause);
    pause = setTimeout(save, PAUSE);
    longest ??= setTimeout(save, LONGEST);
  };
  const later = () => {
    clearTimeout(again);
    again = setTimeout(save, WAITS[Math.min(failures, WAITS.length) - 1]);
  };
  const isOpen = (part) => part.other === null || part.other.mine;

  function save({ leaving = false } = {}) {
    clearTimeout(pause);
    clearTimeout(longest);
    longest = undefined;
    if (running && !leaving) return running.then(() => save());
    if (!unsaved().some(isOpen)) return Promise.resolve(true);
    running = send(leaving).finally(() => { running = null; });
    return running;
  }

  async function send(leaving) {
    clearTimeout(again);
    for (const part of parts.values()) part.tries.push((part.sent = written(part)));
    const slow = setTimeout(() => say(status.dataset.saving), 2000); // said only when one would wonder
    const patience = new AbortController();
    const bell = leaving ? undefined : setTimeout(() => patience.abort(), PATIENCE);
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Saves-While-Writing": "1" },
        redirect: "manual",
        keepalive: leaving,
        signal: patience.signal,
      });
      if (answer.type === "opaqueredirect") throw new Wrong(status.dataset.signedOut);
      if (!answer.ok) throw new Wrong(status.dataset.fault);
      take(await answer.json());
      failures = 0;
      return true;
    } catch (error) {
      failures += 1;
      say(error instanceof Wrong ? error.message : status.dataset.offline, true);
      later();
      return false;
    } finally {
      clearTimeout(bell);
      clearTimeout(slow);
      stash();
    }
  }
  class Wrong extends Error {}

  function take(answer) {
    if ("refused" in answer) throw new Wrong(answer.refused || status.dataset.fault);
    for (const [number, mark] of Object.entries(answer.marks)) {
      const part = parts.get(number);
      part.base.value = mark;
      part.saved = part.sent;
      part.tries = [];
      if (part.other) forget(part);
    }
    for (const [number, other] of Object.entries(answer.conflicts)) {
      const part = parts.get(number);
      if (part.tries.some((tried) => same(other.values, trimmed(tried)))) {
        part.base.value = other.mark; // our own words, whose answer was lost on the way
        soon();
      } else if (part.other?.mark !== other.mark) show(part, other);
    }
    document.getElementById("kvar").textContent = answer.left;
    const problem = Object.entries(answer.problems)[0];
    if (Object.keys(answer.conflicts).length && document.querySelector("[data-other] .ds-alert")) say(status.dataset.other, true);
    else if (problem) say(`${status.dataset.problem} ${problem[1]}`, true);
    else say(answer.saved);
    if (unsaved().some((part) => isOpen(part) && !(part.number in answer.problems))) soon();
  }
  const trimmed = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]));

  /* Another window has saved something else here: both texts stand, and the writer chooses. */
  function show(part, other) {
    part.other = { ...other, mine: false };
    const place = part.card.querySelector("[data-other]");
    place.innerHTML = other.piece; // made by the server, every word escaped
    offer(part);
  }
  function offer(part) {
    const place = part.card.querySelector("[data-other]");
    for (const button of place.querySelectorAll("[data-keep]")) {
      button.parentElement.hidden = false;
      button.addEventListener("click", () => {
        part.base.value = part.other.mark;
        if (button.dataset.keep === "other") {
          for (const [name, value] of Object.entries(part.other.values)) part.fields.get(name).value = value;
          part.saved = written(part);
        } else part.other.mine = true;
        const first = part.fields.get("strengths");
        forget(part, button.dataset.keep === "mine");
        first.focus();
        stash();
        save();
      });
    }
  }
  function forget(part, keep = false) {
    part.card.querySelector("[data-other]").replaceChildren();
    if (!keep) part.other = null;
  }

  form.addEventListener("input", () => {
    stash();
    soon();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("offline", () => unsaved().length && say(status.dataset.offline, true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ leaving: true });
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("beforeunload", (event) => {
    if (!sure && failures && unsaved().length) event.preventDefault();
  });

  let sure = false;
  /* The button saves in the same way first, so that it leads nowhere while there is no contact. */
  form.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    const button = event.submitter;
    await save();
    delete form.dataset.sent; // by ui.js, which lets a form be sent once
    button?.removeAttribute("aria-busy");
    if (failures && unsaved().length && !navigator.onLine) return;
    sure = true;
    form.requestSubmit(button);
  });

  if (restore()) say(status.dataset.back);
  if (unsaved().length) soon();
})();
