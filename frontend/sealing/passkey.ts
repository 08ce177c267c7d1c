// Ceremonies with a passkey. They belong to the page: a worker cannot hold them.

import { Stanza, webauthn } from "age-encryption";
import { Fault } from "./fault.ts";
import type { PageOperations } from "./operations.ts";

const NAME = "Öppningsnyckel, Röda tråden";

function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "NotAllowedError" || error.name === "InvalidStateError") return new Fault("not_allowed");
  if (error.name === "SecurityError") return new Fault("wrong_host");
  if (error.message.startsWith("PRF extension")) return new Fault("no_prf");
  return error;
}

export function passkeysExist(): boolean {
  return typeof window.PublicKeyCredential === "function";
}

// Make a passkey; what comes back names it and the host that it belongs to, and is no secret.
export async function makePasskey(host: string): Promise<string> {
  if (!passkeysExist()) throw new Fault("no_passkeys");
  try {
    return await webauthn.createCredential({ keyName: NAME, rpId: host });
  } catch (error) {
    throw translated(error);
  }
}

// Answer the worker with the passkey that `handle` names.
export function answeringWith(handle: () => string): PageOperations {
  return {
    async wrap(fileKey) {
      try {
        return await new webauthn.WebAuthnRecipient({ identity: handle() }).wrapFileKey(fileKey);
      } catch (error) {
        throw translated(error);
      }
    },
    async unwrap(stanzas) {
      try {
        const again = stanzas.map(({ args, body }) => new Stanza(args, body));
        return await new webauthn.WebAuthnIdentity({ identity: handle() }).unwrapFileKey(again);
      } catch (error) {
        throw translated(error);
      }
    },
  };
}
