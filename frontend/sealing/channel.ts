// Calls between the page and its worker, in both directions, each answered once.

import { asFault, Fault, type FaultCode } from "./fault.ts";

export type Handler = (payload: never) => unknown;
export type Handlers = Record<string, Handler>;

// What the other side answers, as a function from what it is sent to a promise of what it says.
export type Remote<H> = {
  [K in keyof H]: H[K] extends (payload: infer P) => infer R ? (payload: P) => Promise<Awaited<R>> : never;
};

interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

type Message =
  | { kind: "call"; id: number; name: string; payload: unknown }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "fault"; id: number; code: FaultCode; detail: string };

export function channel<H>(port: Port, handlers: Handlers): Remote<H> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (fault: Fault) => void }>();
  let last = 0;

  async function answer(message: Message & { kind: "call" }): Promise<void> {
    try {
      const handler = handlers[message.name];
      if (!handler) throw new Fault("unknown", `nobody answers ${message.name}`);
      port.postMessage({ kind: "answer", id: message.id, value: await handler(message.payload as never) });
    } catch (error) {
      const { code, message: detail } = asFault(error);
      port.postMessage({ kind: "fault", id: message.id, code, detail });
    }
  }

  port.addEventListener("message", (event: MessageEvent) => {
    const message = event.data as Message;
    if (message.kind === "call") {
      void answer(message);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === "answer") asked?.resolve(message.value);
    else asked?.reject(new Fault(message.code, message.detail));
  });

  const call = (name: string, payload: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      port.postMessage({ kind: "call", id: last, name, payload });
    });

  // Without the exception for `then`, a promise of the channel would take it for a promise itself.
  const get = (_target: object, name: string | symbol): unknown =>
    name === "then" ? undefined : (payload: unknown) => call(String(name), payload);
  return new Proxy({}, { get }) as Remote<H>;
}
