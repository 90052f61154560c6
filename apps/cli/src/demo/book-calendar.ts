const dayMs = 86_400_000;

/** ISO days are UTC days; `today` is the day on which the book is looked at. */
const daysSince1970 = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
const isoDay = (days: number): string => new Date(days * dayMs).toISOString().slice(0, 10);

/** Negative for days ahead. */
export const daysBefore = (today: string, days: number): string => isoDay(daysSince1970(today) - days);

export function isWorkday(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** 0 for Monday to 6 for Sunday. */
export const weekdayOf = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;

/** `days` before `today`, or the last workday before that. */
export function workdayBefore(today: string, days: number): string {
  let day = daysBefore(today, days);
  while (!isWorkday(day)) day = daysBefore(day, 1);
  return day;
}

/** First day of the month that lies `months` after that of `today` (negative: before). */
export function monthStart(today: string, months: number): string {
  return new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1 + months, 1)).toISOString().slice(0, 10);
}

/** Last day of that month. */
export const monthEnd = (today: string, months: number): string => daysBefore(monthStart(today, months + 1), 1);

/** An instant of that day, hours and minutes in UTC; minutes may run over. */
export const at = (day: string, hour: number, minute = 0): string => new Date(Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * 60_000).toISOString();
