// Sentences in the words of the server: the English msgid and its values (core/message.py), written out for the reader here.

export type Value = string | number | { amount: string };

export interface Message {
  text: string;
  values: Record<string, Value>;
}

export const say = (text: string, values: Record<string, Value> = {}): Message => ({ text, values });

const NBSP = "\u00a0";
const GROUPED_FROM = 10_000;

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, NBSP);
}

// A sum as ui/words.py writes it: öre as two decimals, and only when there are öre.
export function sum(amount: string): string {
  const [whole = "", decimals = ""] = amount.split(".");
  return grouped(whole) + (decimals ? `,${decimals.padEnd(2, "0")}` : "");
}

export function number(amount: string): string {
  const [whole = "", decimals = ""] = amount.split(".");
  return grouped(whole) + (decimals ? `,${decimals}` : "");
}

function written(value: Value): string {
  if (typeof value === "number") return value >= GROUPED_FROM ? grouped(String(value)) : String(value);
  return typeof value === "string" ? value : sum(value.amount);
}

// `words` are the server's translations by msgid; what it has not sent is shown in English rather than not at all.
export function said({ text, values }: Message, words: Record<string, string>): string {
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (_, name: string) => written(values[name] ?? ""));
}
