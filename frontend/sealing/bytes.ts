// Reading files piece by piece.

// A character for each byte, so that bytes can be searched as text.
export const latin = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};

export async function bytesOf(file: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(Math.max(0, from), Math.max(0, to)).arrayBuffer());
}

// The beginning of a stream, whatever it would go on to be; what came before it broke off counts.
export async function firstOf(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  while (size < most) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (size) return { done: true as const, value: undefined };
      throw error;
    });
    if (done) break;
    pieces.push(value);
    size += value.length;
  }
  await reader.cancel().catch(() => undefined);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole.slice(0, most);
}
