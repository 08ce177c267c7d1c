// The worker: all encryption runs here, off the page's own thread. It answers the calls in `operations`.

import { Stanza } from "age-encryption";
import { channel } from "./channel.ts";
import * as identity from "./identity.ts";
import type { PageOperations, PlainStanza } from "./operations.ts";
import { drawPassphrase } from "./words.ts";

const plain = ({ args, body }: Stanza): PlainStanza => ({ args, body });

const bridge: identity.PasskeyBridge = {
  wrap: async (fileKey) => (await page.wrap(fileKey)).map(({ args, body }) => new Stanza(args, body)),
  unwrap: (stanzas) => page.unwrap(stanzas.map(plain)),
};

const operations = {
  drawPassphrase: (_: undefined) => drawPassphrase(),
  makeWithPassphrase: ({ passphrase }: { passphrase: string }) => identity.makeWithPassphrase(passphrase),
  makeWithPasskey: (_: undefined) => identity.makeWithPasskey(bridge),
  makeUnlocked: (_: undefined) => identity.makeUnlocked(),
  open: ({ door, file, secret }: { door: identity.Door; file: string; secret: string }) =>
    identity.open(door, file, secret, bridge),
  hold: ({ secret }: { secret: string }) => identity.hold(secret),
  peelText: async ({ envelope }: { envelope: string }) => identity.peelText(envelope),
  peel: ({ envelope }: { envelope: Uint8Array }) => identity.peel(envelope),
  peelMany: ({ envelopes }: { envelopes: Uint8Array[] }) => identity.peelMany(envelopes),
  forget: (_: undefined) => identity.forget(),
};

export type WorkerOperations = typeof operations;

const page = channel<PageOperations>(self, operations);
