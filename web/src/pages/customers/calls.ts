/** What the API says of customers' keys and calls, in the words and the shapes the pages show. Pure. */
import type { Schema } from '../../api/client';
import { compact, count, permille, UNKNOWN } from '../../lib/format';
import type { Figure } from '../../ui/Figures.svelte';
import { statusWord } from '../../ui/Status.svelte';
import type { Series } from '../../ui/StackedBars.svelte';

export type CustomerKey = Schema['CustomerKey'];
export type Customer = Schema['Customer'];
export type Stats = Schema['CallStats'];
export type Outcomes = Schema['OutcomeReport'];
type Line = Schema['ActivityLine'];

/**
 * The outcomes of a call in the order they are stacked, each with the colour that is its own on every page, and the statuses that
 * the server counts as it.
 */
export const OUTCOMES = [
  { id: 'success', label: 'Success', class: 'series-plain', statuses: ['success'] },
  { id: 'rate_limited', label: 'Rate limited', class: 'series-google', statuses: ['rate_limited'] },
  { id: 'error', label: 'Error', class: 'series-anthropic', statuses: ['error'] },
  { id: 'unknown_or_revoked', label: 'Unknown or revoked key', class: 'series-mistral', statuses: ['key_revoked'] },
  { id: 'other_refused', label: 'Refused otherwise', class: 'series-other', statuses: ['key_expired', 'customer_suspended', 'ip_not_allowed', 'action_not_allowed'] }
] as const;
const partsOf = (report: Outcomes, statuses: readonly string[]) => report.data.filter((each) => statuses.includes(each.status));

/** The series of a chart: those outcomes that there are. */
export function outcomeSeries(report: Outcomes): Series[] {
  return OUTCOMES.filter(({ statuses }) => partsOf(report, statuses).length > 0).map(({ id, label, class: colour }) => ({
    id,
    label,
    class: colour,
    values: report.days.map((day) => day[id]),
    texts: report.days.map((day) => count(day[id]))
  }));
}
/** What the legend says of each; nothing where an outcome has several parts, which the server does not add up. */
export function outcomeSums(report: Outcomes): Record<string, string> {
  const single = OUTCOMES.map(({ id, statuses }) => [id, partsOf(report, statuses)] as const).filter(([, parts]) => parts.length === 1);
  return Object.fromEntries(single.map(([id, [part]]) => [id, compact(part!.calls)]));
}

/** "98.5" of the server as per cent of this locale; unknown without calls. */
export const successRate = (stats: Stats) => (stats.total_requests === 0 ? UNKNOWN : permille(Math.round(Number(stats.success_rate) * 10)));
export const share = (value: number | null) => (value === null ? UNKNOWN : permille(value));

export const KEY_FIGURES = ['Requests', 'Rentals', 'Returns', 'Unique accounts', 'Success rate'];
export const keyFigures = (stats: Stats): Figure[] =>
  [count(stats.total_requests), count(stats.rentals), count(stats.returns), count(stats.unique_accounts), successRate(stats)].map((value, i) => ({ label: KEY_FIGURES[i]!, value }));

/** One for each line or word; blanks and commas part them. */
export const readWords = (text: string) => text.split(/[\s,]+/).filter(Boolean);

const DONE: Record<string, string> = { rent: 'rented', return: 'returned', check: 'checked', list: 'listed free accounts', stats: 'asked for its figures', verify: 'was verified' };
/** What a call did: "rented", and on what: "Sitescope, office". */
export function told(line: Line): { did: string; what: string } {
  const what = [line.website, line.account_username].filter(Boolean).join(', ') || line.resource;
  if (line.status === 'success') return { did: DONE[line.action] ?? `called ${line.action}`, what };
  if (line.status === 'error') return { did: `called ${line.action} in vain (${line.http_status})`, what };
  return { did: `was refused: ${statusWord(line.status).toLowerCase()}`, what };
}

/** How much of the day's limit is used, per mille; null without one. */
export const usedShare = (key: CustomerKey) => (key.limit_today ? (key.used_today / key.limit_today) * 1000 : null);
export const useTone = (permilleUsed: number) => (permilleUsed >= 900 ? 'warn' : 'plain');
