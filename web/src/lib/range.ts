/** The days a page is of, as its address has them. Pure. */
import { addDays, isoDay } from './format';

export const RANGES = [7, 30, 90] as const;

export interface Range {
  days?: number;
  from?: string;
  to?: string;
}
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The range of an address: from and to together, else days, else 30 days. */
export function readRange(get: (name: string) => string): Range {
  const from = get('from');
  const to = get('to');
  if (DAY.test(from) && DAY.test(to) && from <= to) return { from, to };
  const days = Number(get('days'));
  return { days: Number.isInteger(days) && days >= 1 && days <= 1098 ? days : 30 };
}
/** The same range as a sentence names it: "the 30 days before". */
export const daysBefore = (days: number) => (days === 1 ? 'the day before' : `the ${days} days before`);

/** The first day a custom range may have. */
export const earliestDay = (now: number) => addDays(isoDay(now), -1097);
