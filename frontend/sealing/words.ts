// Passphrases that the page draws: words from a list of our own, without å, ä and ö, none the beginning of another.

import list from "../../src/rodatraden/core/sealing/words.txt";

export const WORDS: readonly string[] = list.trim().split("\n");
const DRAWN = 6;

// Each word as likely as any other: numbers past the last whole multiple of the list's length are drawn again.
function below(limit: number): number {
  const numbers = new Uint32Array(1);
  const fair = Math.floor(2 ** 32 / limit) * limit;
  let number: number;
  do {
    number = crypto.getRandomValues(numbers)[0] ?? fair;
  } while (number >= fair);
  return number % limit;
}

export function drawPassphrase(): string {
  return Array.from({ length: DRAWN }, () => WORDS[below(WORDS.length)] ?? "").join(" ");
}
