// How much time is left, by the server's clock: its own instant when the page was made, and what has passed here since.

import { word } from "./telling.ts";

const EVERY = 1000;
const [SECOND, MINUTE, HOUR, DAY] = [1, 60, 3600, 86_400];

function left(seconds: number): string {
  if (seconds <= 0) return word("out");
  const [days, hours] = [Math.floor(seconds / DAY), Math.floor((seconds % DAY) / HOUR)];
  const [minutes, rest] = [Math.floor((seconds % HOUR) / MINUTE), Math.floor((seconds % MINUTE) / SECOND)];
  if (days) return word("days", { days, hours });
  return hours ? word("hours", { hours, minutes }) : word("minutes", { minutes, seconds: rest });
}

export function keepTime(deadline: string, now: string): void {
  const clock = document.querySelector<HTMLElement>('.rt-klocka[role="timer"]');
  if (!clock) return;
  const began = performance.now();
  const show = (): void => {
    const passed = (performance.now() - began) / 1000;
    clock.textContent = left((Date.parse(deadline) - Date.parse(now)) / 1000 - passed);
  };
  show();
  setInterval(show, EVERY);
}
