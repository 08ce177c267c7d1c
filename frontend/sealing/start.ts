// Start the worker: fetched with the hash that the page names, since `integrity` on a script does not cover workers.

import { channel, type Handlers, type Remote } from "./channel.ts";
import { Fault } from "./fault.ts";

// `Asked` are the operations of the worker, `answers` what the page answers it.
export async function startWorker<Asked>(
  source: { url: string; integrity: string },
  answers: object,
): Promise<Remote<Asked>> {
  if (!window.isSecureContext) throw new Fault("insecure");
  let program: Blob;
  try {
    const response = await fetch(source.url, { integrity: source.integrity });
    if (!response.ok) throw new Fault("program");
    program = await response.blob();
  } catch {
    throw new Fault("program");
  }
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url);
  return channel<Asked>(worker, answers as Handlers);
}
