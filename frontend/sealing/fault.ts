// What can go wrong in words of our own: the page has one Swedish sentence for each (data-fault in the template).

export type FaultCode =
  | "insecure" // no HTTPS and not localhost: crypto.subtle is absent
  | "program" // the worker could not be fetched, or is not the one whose hash is published
  | "memory" // scrypt found no room
  | "no_passkeys" // the browser has no WebAuthn
  | "no_prf" // a passkey was made, but it can lock nothing; it is still in the device
  | "wrong_host" // the page is at another host name than the setting, or at 127.0.0.1
  | "not_allowed" // cancelled, not verified, deleted or timed out: the browser says the same of them all
  | "wrong_passphrase"
  | "wrong_passkey"
  | "wrong_recovery"
  | "mistyped" // no age identity at all: a character too many, too few or wrong (bech32 has a checksum)
  | "not_mine" // the envelope is locked to another key
  | "sheet" // the sheet to unlock could not be fetched
  | "damaged" // the file has been changed or cut
  | "signed_out" // the session has ended: what is asked of the server leads to the page for signing in
  | "line" // the server has not answered, however often it was asked
  | "refused" // the server has said no, and why: the detail is its sentence
  | "changed" // a file is no longer what it was when it was chosen: the detail is its name
  | "hash" // this program and the browser make different hashes of the same bytes
  | "holders" // the list of who holds the keys is not the one that the page names
  | "elsewhere" // the same bid is being written in another tab
  | "storage" // the browser keeps nothing: a private window, or a full disk
  | "draft" // the file is no saved draft of this bid
  | "stopped" // by the supplier, and the server has said that nothing is handed in
  | "unsure" // stopped, and the server has not said whether anything is handed in
  | "astray" // what the server holds is not what was sent to it
  | "unknown";

export class Fault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, detail = "") {
    super(detail || code);
    this.name = "Fault";
    this.code = code;
  }
}

export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Fault(/allocation|out of memory/i.test(detail) ? "memory" : "unknown", detail);
}

// What age says when no key fits; the code is what that means for the door that was tried.
export function nothingMatched(error: unknown, code: FaultCode): Fault {
  if (error instanceof Fault) return error;
  const fault = asFault(error);
  if (fault.code === "memory") return fault;
  // In Chromium age-encryption reports a changed payload as "TypeError: Failed to fetch": never a fault of the network.
  return new Fault(/no identity matched/.test(fault.message) ? code : "damaged", fault.message);
}
