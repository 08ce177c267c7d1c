// What the page answers when the worker asks: the two halves of a passkey ceremony.

export interface PlainStanza {
  args: string[];
  body: Uint8Array;
}

export interface PageOperations {
  wrap: (fileKey: Uint8Array) => Promise<PlainStanza[]>;
  unwrap: (stanzas: PlainStanza[]) => Promise<Uint8Array | null>;
}
