// Completed months of experience, as the server counts them: core/evaluation/experience.py in the browser (docs/rules/experience.md).

const DAY = 86_400_000;
const MONTHS = 12;

export interface Assignment {
  starts_on: string; // a day that exists, as 2027-02-28
  ends_on: string;
}

const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY;

// The same day some months later, or the first day after a month that is too short for it.
function monthsLater(day: Date, months: number): number {
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return day.getUTCDate() <= last ? Date.UTC(year, month, day.getUTCDate()) : Date.UTC(year, month + 1, 1);
}

// Within one unbroken stretch, first and last day included; what is left over is dropped.
function completed(first: number, last: number): number {
  const [from, after] = [new Date(first * DAY), new Date((last + 1) * DAY)];
  const months = (after.getUTCFullYear() - from.getUTCFullYear()) * MONTHS + after.getUTCMonth() - from.getUTCMonth();
  return monthsLater(from, months) <= after.getTime() ? months : months - 1;
}

// Days worked twice at once count once, a stretch goes on the day after another, and nothing counts after `countedOn`.
export function completedMonths(assignments: Assignment[], countedOn: string): number {
  const end = dayOf(countedOn);
  const days = assignments
    .map(({ starts_on, ends_on }) => ({ first: dayOf(starts_on), last: Math.min(dayOf(ends_on), end) }))
    .filter(({ first }) => first <= end)
    .sort((one, other) => one.first - other.first);
  let months = 0;
  let current: { first: number; last: number } | null = null;
  for (const { first, last } of days) {
    if (current && first <= current.last + 1) current.last = Math.max(current.last, last);
    else {
      if (current) months += completed(current.first, current.last);
      current = { first, last };
    }
  }
  return months + (current ? completed(current.first, current.last) : 0);
}
