// The pages of opening keys: making one, printing its recovery key, and opening a test envelope with it.
//
// Words and printed keys are read from fields that stand in no form element: nothing can send them.

import { encodeQR } from "qr";
import type { Remote } from "./channel.ts";
import { asFault, Fault } from "./fault.ts";
import type { Door, Locked } from "./identity.ts";
import { answeringWith, makePasskey, passkeysExist } from "./passkey.ts";
import { startWorker } from "./start.ts";
import { peeledSheet } from "./unlocking.ts";
import type { WorkerOperations } from "./worker.ts";

const PREFIX = "AGE-SECRET-KEY-1";
const GROUP = 4; // characters of a printed key that stand together, after the prefix

const program = document.getElementById("sealing-program");
let passkey = ""; // names the passkey that the worker's questions are answered with
let worker: Promise<Remote<WorkerOperations>> | null = null;

function remote(): Promise<Remote<WorkerOperations>> {
  const source = { url: program?.dataset["worker"] ?? "", integrity: program?.dataset["workerIntegrity"] ?? "" };
  worker ??= startWorker<WorkerOperations>(
    source,
    answeringWith(() => passkey),
  );
  worker.catch(() => (worker = null)); // so that the next try fetches it again
  return worker;
}

function part<E extends HTMLElement>(name: string): E {
  const found = document.querySelector<E>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the page has no part ${name}`);
  return found;
}

function field(name: string): HTMLInputElement | HTMLTextAreaElement {
  const found = document.querySelector<HTMLInputElement>(`[name="${name}"]`);
  if (!found) throw new Error(`the page has no field ${name}`);
  return found;
}

function chosen(): Door {
  return document.querySelector<HTMLInputElement>('[name="door"]:checked')?.value === "passkey" ? "passkey" : "passphrase";
}

function choose(door: Door): void {
  const radio = document.querySelector<HTMLInputElement>(`[name="door"][value="${door}"]`);
  if (radio) radio.checked = true;
}

function tell(fault: Fault | null): void {
  const place = part("fault");
  for (const line of place.querySelectorAll<HTMLElement>("[data-fault]")) line.hidden = line.dataset["fault"] !== fault?.code;
  place.hidden = fault === null;
  if (fault) {
    console.warn(fault.code, fault.message);
    place.focus();
  }
}

// Run what a button asks for: one thing at a time, said to be going on, and with its fault in words.
async function run(button: HTMLButtonElement, act: () => Promise<void>): Promise<void> {
  if (button.getAttribute("aria-busy") === "true") return;
  const status = part("status");
  button.setAttribute("aria-busy", "true");
  status.textContent = status.dataset["working"] ?? "";
  tell(null);
  try {
    await act();
  } catch (error) {
    tell(asFault(error));
  } finally {
    status.textContent = "";
    button.removeAttribute("aria-busy");
  }
}

function onClick(button: HTMLButtonElement, act: () => Promise<void>): void {
  button.addEventListener("click", () => void run(button, act));
}

function grouped(key: string): string {
  const start = key.startsWith(PREFIX) ? PREFIX : "";
  return [start, ...(key.slice(start.length).match(new RegExp(`.{1,${GROUP}}`, "g")) ?? [])].join(" ").trim();
}

function picture(text: string, label: string): SVGSVGElement {
  const rows = encodeQR(text, "raw", { ecc: "medium" });
  const dots = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS(svg.namespaceURI, "path") as SVGPathElement;
  path.setAttribute("d", dots.join(""));
  svg.append(path);
  return svg;
}

function showPaper(recoveryKey: string): void {
  part("key").textContent = grouped(recoveryKey);
  const frame = part("picture");
  frame.replaceChildren(picture(recoveryKey, frame.dataset["label"] ?? ""));
  part("made").hidden = false;
  part("made-heading").focus();
  part("print").addEventListener("click", () => window.print());
  // The way back in the browser's history leads to no paper.
  window.addEventListener("pagehide", () => {
    part("key").textContent = "";
    frame.replaceChildren();
  });
}

async function made(door: Door, passphrase: string): Promise<Locked> {
  const here = await remote();
  if (door === "passphrase") {
    passkey = "";
    return here.makeWithPassphrase({ passphrase });
  }
  if (!passkey) passkey = await makePasskey(program?.dataset["host"] ?? location.hostname);
  return here.makeWithPasskey(undefined);
}

function startMaking(root: HTMLElement): void {
  const words = part("words");
  const drawn = part("drawn");
  const button = part<HTMLButtonElement>("make");
  let drawing: Promise<string> | null = null;
  // What is shown is what the key is locked with: one drawing at a time, and whoever needs the words waits for it.
  const shownWords = (): Promise<string> => {
    drawing ??= remote()
      .then((here) => here.drawPassphrase(undefined))
      .then((text) => (drawn.textContent = text));
    drawing.catch(() => (drawing = null)); // so that the next try draws anew
    return drawing;
  };
  const show = async (): Promise<void> => {
    words.hidden = chosen() !== "passphrase";
    if (!words.hidden) await shownWords();
  };
  const ready = (): void => void show().catch((error: unknown) => tell(asFault(error)));
  choose(passkeysExist() ? "passkey" : "passphrase");
  for (const radio of document.querySelectorAll('[name="door"]')) radio.addEventListener("change", ready);
  part("draw").addEventListener("click", () => {
    if (button.getAttribute("aria-busy") === "true") return; // a key is being locked with the words that stand here
    drawing = null;
    drawn.textContent = "";
    ready();
  });
  onClick(button, async () => {
    const door = chosen();
    try {
      const key = await made(door, door === "passphrase" ? await shownWords() : "");
      field("recipient").value = key.recipient;
      field("lock").value = key.lock;
      field("recovery_lock").value = key.recoveryLock;
      field("passkey").value = passkey;
      document.querySelector<HTMLInputElement>('form [name="door"]')!.value = door;
      for (const each of [part("choosing"), part("draw"), part("before"), button]) each.hidden = true;
      part("locked").hidden = false;
      showPaper(key.recoveryKey);
    } catch (error) {
      const fault = asFault(error);
      if (fault.code === "no_prf" || fault.code === "no_passkeys" || fault.code === "wrong_host") {
        passkey = "";
        choose("passphrase");
        await show();
      }
      throw fault;
    }
  });
  root.hidden = false;
  ready();
}

function startRecovery(root: HTMLElement): void {
  onClick(part<HTMLButtonElement>("make"), async () => {
    const key = await (await remote()).makeUnlocked(undefined);
    field("recipient").value = key.recipient;
    root.hidden = true;
    showPaper(key.recoveryKey);
  });
  root.hidden = false;
}

type Use = (here: Remote<WorkerOperations>, door: Door) => Promise<void>;

// Open the key by one of its doors, do with it what the page is for, and forget it.
function startOpening(root: HTMLElement, use: Use): void {
  const { passkey: name = "", lock = "", recoveryLock = "", recipient = "" } = root.dataset;
  passkey = name;
  const open = async (door: Door): Promise<string> => {
    const here = await remote();
    if (door === "recovery") {
      const secret = field("recovery").value;
      return root.dataset["door"] === "recovery"
        ? here.hold({ secret })
        : here.open({ door, file: recoveryLock || lock, secret });
    }
    return here.open({ door, file: lock, secret: door === "passphrase" ? field("words").value : "" });
  };
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-opens]")) {
    const door = button.dataset["opens"] as Door;
    onClick(button, async () => {
      if ((await open(door)) !== recipient) throw new Fault("wrong_recovery");
      const here = await remote();
      try {
        await use(here, door);
      } finally {
        await here.forget(undefined);
      }
    });
  }
  const words = root.querySelector<HTMLInputElement>('[name="words"]');
  words?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") root.querySelector<HTMLButtonElement>('[data-opens="passphrase"]')?.click();
  });
  root.hidden = false;
}

function startDrill(root: HTMLElement): void {
  startOpening(root, async (here, door) => {
    field("answer").value = await here.peelText({ envelope: root.dataset["envelope"] ?? "" });
    document.querySelector<HTMLInputElement>('form [name="door"]')!.value = door;
    document.querySelector<HTMLFormElement>("form#answer")?.requestSubmit();
  });
}

function startUnlocking(root: HTMLElement): void {
  startOpening(root, async (here) => {
    const files = new DataTransfer();
    files.items.add(await peeledSheet(root.dataset["sheet"] ?? "", here));
    (field("sheet") as HTMLInputElement).files = files.files;
    document.querySelector<HTMLFormElement>("form#hand-back")?.requestSubmit();
  });
}

export function start(root: HTMLElement): void {
  try {
    if (root.dataset["sealing"] === "make") startMaking(root);
    else if (root.dataset["sealing"] === "recovery") startRecovery(root);
    else if (root.dataset["sealing"] === "drill") startDrill(root);
    else if (root.dataset["sealing"] === "unlock") startUnlocking(root);
  } catch (error) {
    root.hidden = false;
    tell(asFault(error));
  }
}
