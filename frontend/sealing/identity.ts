// An official's opening key: made, locked and opened in the worker. Its private half never leaves this memory.
//
// A lock is an age file, in armour, with the private half in it. The passkey and the printed recovery key are two
// recipients of one file; a passphrase can share its file with nobody, so the recovery key then has a file of its own.

import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
  type Identity,
  type Recipient,
  type Stanza,
} from "age-encryption";
import { Fault, nothingMatched, type FaultCode } from "./fault.ts";

export type Door = "passkey" | "passphrase" | "recovery";

export interface Locked {
  recipient: string;
  lock: string;
  recoveryLock: string; // empty where the recovery key is a recipient of `lock`
  recoveryKey: string; // to be printed; kept nowhere
}

// The page's half of a passkey: the ceremony can be held on the page alone (a worker has no navigator.credentials).
// Only the key of one lock file passes, never the identity in it.
export interface PasskeyBridge {
  wrap(fileKey: Uint8Array): Promise<Stanza[]>;
  unwrap(stanzas: Stanza[]): Promise<Uint8Array | null>;
}

const PASSPHRASE_WORK = 18; // scrypt logN: 1 to 2 s and 256 MB

const FEWEST_WORDS = 6;

let held: string | null = null;

// ä typed as a with dots is another passphrase for age: one form, and one space between words, before every use.
export function tidyPassphrase(typed: string): string {
  return typed.normalize("NFC").trim().toLowerCase().split(/\s+/).join(" ");
}

// As it is printed, in groups, it is typed: in any case, with spaces or without.
export function tidyRecovery(typed: string): string {
  return typed.replace(/\s+/g, "").toUpperCase();
}

function passkeyRecipient(bridge: PasskeyBridge): Recipient {
  return { wrapFileKey: (fileKey) => bridge.wrap(fileKey) };
}

function passkeyIdentity(bridge: PasskeyBridge): Identity {
  return { unwrapFileKey: (stanzas) => bridge.unwrap(stanzas) };
}

async function encrypted(secret: string, prepare: (encrypter: Encrypter) => void): Promise<string> {
  const encrypter = new Encrypter();
  prepare(encrypter);
  return armor.encode(await encrypter.encrypt(secret));
}

async function opened(file: string, otherwise: FaultCode, prepare: (decrypter: Decrypter) => void): Promise<string> {
  const decrypter = new Decrypter();
  try {
    prepare(decrypter);
  } catch {
    throw new Fault("mistyped");
  }
  try {
    return await decrypter.decrypt(armor.decode(file), "text");
  } catch (error) {
    throw nothingMatched(error, otherwise);
  }
}

async function openedByRecovery(file: string, key: string): Promise<string> {
  const tidy = tidyRecovery(key);
  try {
    await identityToRecipient(tidy);
  } catch {
    throw new Fault("mistyped");
  }
  return opened(file, "wrong_recovery", (decrypter) => decrypter.addIdentity(tidy));
}

async function proven(secret: string, again: Promise<string>): Promise<void> {
  if ((await again) !== secret) throw new Fault("damaged");
}

// Both make and open every lock again before anything is sent: a lock that does not open is found now, not at an opening.
export async function makeWithPassphrase(passphrase: string): Promise<Locked> {
  const secret = await generateX25519Identity();
  const recoveryKey = await generateX25519Identity();
  const recovery = await identityToRecipient(recoveryKey);
  const tidy = tidyPassphrase(passphrase);
  if (tidy.split(" ").length < FEWEST_WORDS) throw new Fault("unknown", "no words to lock with");
  const lock = await encrypted(secret, (encrypter) => {
    encrypter.setScryptWorkFactor(PASSPHRASE_WORK);
    encrypter.setPassphrase(tidy);
  });
  const recoveryLock = await encrypted(secret, (encrypter) => encrypter.addRecipient(recovery));
  await proven(
    secret,
    opened(lock, "damaged", (decrypter) => decrypter.addPassphrase(tidy)),
  );
  await proven(secret, openedByRecovery(recoveryLock, recoveryKey));
  return { recipient: await identityToRecipient(secret), lock, recoveryLock, recoveryKey };
}

export async function makeWithPasskey(bridge: PasskeyBridge): Promise<Locked> {
  const secret = await generateX25519Identity();
  const recoveryKey = await generateX25519Identity();
  const recovery = await identityToRecipient(recoveryKey);
  const lock = await encrypted(secret, (encrypter) => {
    encrypter.addRecipient(passkeyRecipient(bridge));
    encrypter.addRecipient(recovery);
  });
  await proven(
    secret,
    opened(lock, "damaged", (decrypter) => decrypter.addIdentity(passkeyIdentity(bridge))),
  );
  await proven(secret, openedByRecovery(lock, recoveryKey));
  return { recipient: await identityToRecipient(secret), lock, recoveryLock: "", recoveryKey };
}

// An organisation's recovery identity has no lock: it exists on paper alone.
export async function makeUnlocked(): Promise<{ recipient: string; recoveryKey: string }> {
  const recoveryKey = await generateX25519Identity();
  return { recipient: await identityToRecipient(recoveryKey), recoveryKey };
}

// Open a lock by one of its doors and keep the identity here, for `peel`; returns its public half.
export async function open(door: Door, file: string, secret: string, bridge: PasskeyBridge): Promise<string> {
  if (door === "passkey") {
    held = await opened(file, "wrong_passkey", (decrypter) => decrypter.addIdentity(passkeyIdentity(bridge)));
  } else if (door === "passphrase") {
    held = await opened(file, "wrong_passphrase", (decrypter) => decrypter.addPassphrase(tidyPassphrase(secret)));
  } else {
    held = await openedByRecovery(file, secret);
  }
  return identityToRecipient(held);
}

// Take the printed key itself, which has no lock around it.
export async function hold(secret: string): Promise<string> {
  const tidy = tidyRecovery(secret);
  try {
    const recipient = await identityToRecipient(tidy);
    held = tidy;
    return recipient;
  } catch {
    throw new Fault("mistyped");
  }
}

export function forget(): void {
  held = null;
}

// Decrypt what is locked to the identity that is open here. Only identities are ever tried: a passphrase file among the
// envelopes is refused at once, without a run of scrypt.
export async function peel(envelope: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(held ?? "");
  try {
    return await decrypter.decrypt(envelope);
  } catch (error) {
    throw nothingMatched(error, "not_mine");
  }
}

// The same for many at once; null for what the identity does not open, so that one bad envelope never stops the others.
export async function peelMany(envelopes: Uint8Array[]): Promise<(Uint8Array | null)[]> {
  const opened: (Uint8Array | null)[] = [];
  for (const envelope of envelopes) opened.push(await peel(envelope).catch(() => null));
  return opened;
}

// The same for a file in armour that holds text, such as a test envelope.
export async function peelText(envelope: string): Promise<string> {
  let file: Uint8Array;
  try {
    file = armor.decode(envelope);
  } catch {
    throw new Fault("damaged");
  }
  return new TextDecoder().decode(await peel(file));
}
