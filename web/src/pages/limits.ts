/** Limits of keys and of plans: their names, and how they are typed. Pure. */
import type { Problem, Schema } from '../api/client';
import { count } from '../lib/format';

export type Limit = Schema['UseLimit'];

const PER = { second: 'a second', minute: 'a minute', hour: 'an hour', day: 'a day', month: 'a month', at_once: 'at once' };
const METRICS = ['requests', 'rentals'] as const;
/** "Rentals at once", "Requests a day". */
export const limitName = ({ metric, window }: Pick<Limit, 'metric' | 'window'>) => `${metric === 'requests' ? 'Requests' : 'Rentals'} ${PER[window]}`;
/** "100 requests a day". */
export const limitText = ({ metric, window, amount }: Limit) => `${count(amount)} ${amount === 1 ? metric.slice(0, -1) : metric} ${PER[window]}`;
export const limitId = ({ metric, window }: Pick<Limit, 'metric' | 'window'>) => `${metric}.${window}`;
/** What can be limited, in the order it is asked for: by the day first. */
export const LIMITS = (['day', 'month', 'at_once', 'hour', 'minute', 'second'] as const).flatMap((window) =>
  METRICS.filter((metric) => window !== 'at_once' || metric === 'rentals').map((metric) => ({ metric, window }))
);

/** What was typed as limits, or the name of the field that is wrong; an empty field is no limit. */
export function readLimits(values: Record<string, string>): { limits: Limit[] } | { wrong: string } {
  const limits: Limit[] = [];
  for (const each of LIMITS) {
    const text = (values[limitId(each)] ?? '').trim();
    if (text === '' || text === '0') continue;
    if (!/^\d{1,13}$/.test(text)) return { wrong: limitId(each) };
    limits.push({ ...each, amount: Number(text) });
  }
  return { limits };
}

/** A refusal of one of these limits, by the name of the field it was typed into. */
export function aboutLimit(problem: Problem, limits: Limit[]): Problem {
  const limit = limits[Number(/^limits\[(\d+)\]/.exec(problem.field ?? '')?.[1] ?? NaN)];
  return limit ? { ...problem, field: limitId(limit) } : problem;
}
