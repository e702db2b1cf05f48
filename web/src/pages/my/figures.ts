/** The report of /api/usage as what the page shows. Pure: it picks and prints, and never adds. */
import type { Figures, Report } from '../../api/wanted';
import type { Schema } from '../../api/client';
import { addDays, compact, count, figure, isoDay, UNKNOWN } from '../../lib/format';
import { axisMoney, inCurrency, money, place } from '../../lib/money';
import { series as colour } from '../../lib/providers';
import type { Series } from '../../ui/StackedBars.svelte';

export const METRICS = ['cost', 'requests', 'tokens'] as const;
export type Metric = (typeof METRICS)[number];
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

/** The currency everything big is shown in: the one with the largest total. */
export const mainCurrency = (report: Report) => report.totals.cost[0]?.currency ?? 'USD';
export const currencies = (report: Report) => report.totals.cost.map((each) => each.currency);

/** Tokens in all where the server says them, else the input alone, under its own name. */
export const hasTokenSums = (report: Report) => (report.totals as Figures).tokens !== undefined;
export const tokensOf = (figures: Figures) => (figures.tokens !== undefined ? figures.tokens : figures.input_tokens);
export function metricName(metric: Metric, sums: boolean): string {
  return { cost: 'Cost', requests: 'Requests', tokens: sums ? 'Tokens' : 'Input tokens' }[metric];
}

/** A metric of some figures: what places it, and what is printed. Not known is null. */
export function reading(figures: Figures, metric: Metric, currency: string): { value: number | null; text: string } {
  if (metric === 'cost') {
    const cost = inCurrency(figures.cost, currency);
    return cost ? { value: place(cost.amount), text: money(cost) } : { value: figures.cost.length ? 0 : null, text: figures.cost.length ? money({ amount: '0', currency }) : UNKNOWN };
  }
  const value = metric === 'requests' ? figures.requests : (tokensOf(figures) ?? null);
  return { value, text: count(value) };
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

const inGap = (report: Report, provider: string, day: string) => !!report.gaps?.some((gap) => gap.provider === provider && gap.from <= day && day <= gap.to);

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

/** Hour by weekday as rows; null when hourly use is not known. */
export function heatCells(groups: Schema['GroupFigures'][]): (number | null)[][] | null {
  if (!groups.some((each) => each.requests)) return null;
  const cells = Array.from({ length: 7 }, () => Array<number | null>(24).fill(0));
  for (const { weekday, hour, requests } of groups) if (weekday !== null && hour !== null) cells[weekday - 1]![hour] = requests;
  return cells;
}

/** Whether any figure has ever come: decides between the page and "waiting for the first figures". */
export function nothingArrived(report: Report): boolean {
  return report.totals.cost.length === 0 && !report.totals.requests && !report.totals.input_tokens && report.previous === null && report.sources.every((each) => each.last_success_at === null);
}

/** The first and last day a custom range may have. */
export const earliestDay = (now: number) => addDays(isoDay(now), -1097);
