/** The report of /api/usage as what the page shows. Pure: it picks and prints, and never adds. */
import type { Schema } from '../../api/client';
import { compact, count, figure, isoDay, UNKNOWN } from '../../lib/format';
import { axisMoney, inCurrency, money, place } from '../../lib/money';
import { series as colour } from '../../lib/providers';
import type { Series } from '../../ui/StackedBars.svelte';

export type Report = Schema['UsageReport'];
type Figures = Schema['Figures'];

export const METRICS = ['cost', 'requests', 'tokens'] as const;
export type Metric = (typeof METRICS)[number];

/** The currency everything big is shown in: the one with the largest total. */
export const mainCurrency = (report: Report) => report.totals.cost[0]?.currency ?? 'USD';
export const currencies = (report: Report) => report.totals.cost.map((each) => each.currency);

export const METRIC_NAMES = { cost: 'Cost', requests: 'Requests', tokens: 'Tokens' };

/** A metric of some figures: what places it, and what is printed. Not known is null. */
export function reading(figures: Figures, metric: Metric, currency: string): { value: number | null; text: string } {
  if (metric === 'cost') {
    const cost = inCurrency(figures.cost, currency);
    return cost ? { value: place(cost.amount), text: money(cost) } : { value: figures.cost.length ? 0 : null, text: figures.cost.length ? money({ amount: '0', currency }) : UNKNOWN };
  }
  return { value: figures[metric], text: count(figures[metric]) };
}
export const bigText = (figures: Figures, metric: Metric, currency: string) =>
  metric === 'cost' ? reading(figures, metric, currency).text : figure(reading(figures, metric, currency).value);

export const axisText = (metric: Metric, currency: string) => (value: number) => (metric === 'cost' ? axisMoney(value, currency) : compact(value));

const ORDER = ['openai', 'anthropic', 'google', 'gemini', 'mistral', 'brave'];
const rank = (provider: string) => (ORDER.indexOf(provider) + ORDER.length + 1) % (ORDER.length + 1);
/** Providers in the order in which they stack: always the same, whatever their size. */
export const inOrder = (providers: string[]) => [...providers].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));

/** Every provider of the range. */
export const providersOf = (report: Report) => inOrder([...new Set(report.series.flatMap((day) => day.by_provider.map((each) => each.provider)))]);

const inGap = (report: Report, provider: string, day: string) => report.gaps.some((gap) => gap.provider === provider && gap.from <= day && day <= gap.to);

/** One series a provider. A day without an entry is a day without use, unless the server names a gap. */
export function seriesOf(report: Report, metric: Metric, currency: string, name: (provider: string) => string): Series[] {
  const zero = metric === 'cost' ? money({ amount: '0', currency }) : count(0);
  return providersOf(report).map((provider) => {
    const days = report.series.map((day) => {
      if (inGap(report, provider, day.day)) return { value: null, text: 'no figures' };
      const figures = day.by_provider.find((each) => each.provider === provider);
      const found = figures && reading(figures, metric, currency);
      return { value: found?.value ?? 0, text: found && found.value !== null ? found.text : zero };
    });
    return { id: provider, label: name(provider), class: colour(provider), values: days.map((each) => each.value), texts: days.map((each) => each.text) };
  });
}
/** The sums of the days, as the server gives them. */
export const totalsOf = (report: Report, metric: Metric, currency: string) => report.series.map((day) => reading(day, metric, currency).text);

/** Whether the last day of the report is today, which is still counting. Providers count in UTC. */
export const endsToday = (report: Report, now: number) => report.to === isoDay(now);

/** Whether any figure has ever come: decides between the page and "waiting for the first figures". */
export function nothingArrived(report: Report): boolean {
  return report.totals.cost.length === 0 && !report.totals.requests && !report.totals.input_tokens && report.previous === null && report.sources.every((each) => each.last_success_at === null);
}
