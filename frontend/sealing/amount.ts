// Amounts as people write them, read without guessing: core/numbers.py in the browser, held against it by a common corpus.

import { number, say, type Message } from "./said.ts";

const LIMIT = 10_000_000_000n;
const LONGEST = 60;
const DECIMALS = 2;
const SPACES = /[ \t\u00a0\u2007\u2009\u202f]+/g;
const UNIT = /^(?:(?:sek|kr) ?)?(.*?) ?(?:(?:kr\.?|kronor|sek)(?: ?\/ ?(?:h|tim|timme))?|:-)?$/s;

const FAULTS: readonly [RegExp, string][] = [
  [/(?![0-9])\p{Nd}|[¼½¾¹²³]/u, "Write {text} with the digits 0 to 9."],
  [/_/, "Write {text} without underscores."],
  [/^[+-]?(s?nan|inf|infinity|∞)$/, "{text} is not a number. Write, for example, 1050,50."],
  [/^[+-]?[\d.,]+e[+-]?\d+$/, "Write {text} in full, without e."],
  [/\p{L}/u, "{text} holds letters. Write only the number, for example 1050,50."],
  [/^\d+:\d+$/, "Write {text} as a number with decimals: one hour and a half is 1,5."],
  [/^(?:[-−–] ?[\d., ]+|[\d., ]+[-−–])$/, "{text} is negative. Write a number that is zero or more."],
];

const SHAPES = [
  /^(\d+|\d{1,3}(?: \d{3})+)(?:[.,](\d+))?$/, // 1050,50 and 1 050,50
  /^(\d{1,3}(?:\.\d{3})+),(\d+)$/, // 1.050,50
  /^(\d{1,3}(?:,\d{3})+)\.(\d+)$/, // 1,050.50
  /^(\d{1,3}(?:\.\d{3}){2,})()$/, // 1.050.000
  /^(\d{1,3}(?:,\d{3}){2,})()$/, // 1,050,000
];
const TWO_READINGS = /^([1-9]\d{0,2})[.,](\d{3})$/;

export const isMessage = (found: string | Message): found is Message => typeof found !== "string";

function shortest(whole: string, decimals: string): string {
  const kept = decimals.replace(/0+$/, "");
  return BigInt(whole).toString() + (kept ? `.${kept}` : "");
}

// Returns the amount in kronor as canonical text, without trailing zeros, or why the text says none.
export function parseAmount(typed: string): string | Message {
  const text = typed.trim();
  if (text.length > LONGEST) return say("The number is too long. Write only the number.");
  const body = UNIT.exec(text.replace(SPACES, " ").toLowerCase())?.[1] ?? "";
  if (!body) return say("Write a number, for example 1050,50.");
  for (const [fault, reason] of FAULTS) if (fault.test(body)) return say(reason, { text });
  const two = TWO_READINGS.exec(body);
  if (two) {
    const [large, small] = [shortest(`${two[1]}${two[2]}`, ""), shortest(two[1] ?? "", two[2] ?? "")];
    return say("{text} can mean {large} or {small}. Write the one you mean.", {
      text,
      large: number(large),
      small: number(small),
    });
  }
  const found = SHAPES.map((shape) => shape.exec(body)).find((match) => match !== null);
  if (!found) {
    return /^[\d ]+(?:[.,]\d+)?$/.test(body)
      ? say("The spaces in {text} do not part thousands. Write, for example, 1050,50.", { text })
      : say("{text} cannot be read as a number. Write, for example, 1050,50.", { text });
  }
  const amount = shortest((found[1] ?? "").replace(/[ .,]/g, ""), found[2] ?? "");
  const [whole = "", decimals = ""] = amount.split(".");
  if (BigInt(whole) > LIMIT || (BigInt(whole) === LIMIT && decimals)) {
    return say("{text} is too large. It can be at most {limit}.", { text, limit: number(LIMIT.toString()) });
  }
  if (decimals.length > DECIMALS) return say("{text} has too many decimals. Write at most {most}.", { text, most: DECIMALS });
  return amount;
}
