// Asking the server over a line that breaks, and at a time when many ask: again with doubling waits, and never two answers.

import { Fault } from "./fault.ts";

// How something is asked for: who is told of the waits, what stops it, and how often it is tried.
export interface Patience {
  waiting: (about: { seconds: number }) => unknown;
  signal: AbortSignal;
  tries?: number;
}

const TRIES = 10;
const LONGEST_WAIT = 30;
const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

const paused = (seconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });

async function refusal(response: Response): Promise<Fault> {
  const told = (await response.json().catch(() => ({}))) as { reason?: string };
  return told.reason ? new Fault("refused", told.reason) : new Fault("unknown", `${response.status} ${response.url}`);
}

// Ask again while the line or the server is away; every other answer is an answer.
export async function asked(url: string, init: RequestInit, { waiting, signal, tries = TRIES }: Patience): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    if (signal.aborted) throw new Fault("stopped");
    const response = await fetch(url, { ...init, redirect: "manual", cache: "no-store", signal }).catch(() => null);
    if (signal.aborted) throw new Fault("stopped");
    if (response?.type === "opaqueredirect") throw new Fault("signed_out");
    if (response?.ok) return response;
    if (response && !AGAIN.has(response.status)) throw await refusal(response);
    if (tried >= tries) throw new Fault("line");
    const seconds = Math.min(Number(response?.headers.get("Retry-After")) || 2 ** (tried - 1), LONGEST_WAIT);
    await waiting({ seconds });
    await paused(seconds, signal);
  }
}
