/** Plans as the pages show them, and as they are typed. Pure; nothing here is rated, that is the server's. */
import type { Problem, Schema } from '../../api/client';
import { count } from '../../lib/format';
import { isZero } from '../../lib/money';
import { aboutLimit, limitId, limitText, readLimits } from '../limits';

export type Plan = Schema['Plan'];
type Terms = Pick<Plan, 'currency' | 'monthly_price' | 'price_by_hand' | 'trial_days' | 'charges' | 'limits'>;
export type Metric = Schema['PlanCharge']['metric'];
export const METRICS: readonly Metric[] = ['requests', 'rentals'];

/** A price with every decimal it has, and without cents where it has none: "$20", "$1.50", "$0.00125". */
export function price(amount: string, currency: string): string {
  const options = { style: 'currency', currency, currencyDisplay: currency === 'USD' ? 'narrowSymbol' : 'symbol', minimumFractionDigits: 2, maximumFractionDigits: 9, trailingZeroDisplay: 'stripIfInteger' };
  return new Intl.NumberFormat(undefined, options as Intl.NumberFormatOptions).format(amount as unknown as number);
}
const one = (metric: Metric) => metric.slice(0, -1);

/** The figure of a card, and what it is for. */
export function headline({ currency, monthly_price, price_by_hand, charges }: Terms): { value: string; per: string } {
  if (price_by_hand) return { value: 'By agreement', per: '' };
  if (!isZero(monthly_price)) return { value: price(monthly_price, currency), per: 'a month' };
  const first = charges.find((each) => each.tiers.length && each.included === 0);
  if (!first) return { value: charges.some((each) => each.tiers.length) ? price('0', currency) : 'Free', per: '' };
  return { value: price(first.tiers[0]!.unit_price, currency), per: `a ${one(first.metric)}` };
}

/** What a card says under each heading; several lines where there are several. */
export function rows(terms: Terms): { name: string; lines: string[] }[] {
  const { currency, charges, limits, trial_days } = terms;
  const counted = (metric: Metric) => charges.find((each) => each.metric === metric);
  const included = METRICS.flatMap((metric) => {
    const units = counted(metric)?.included;
    return units === undefined ? `All ${metric}` : units === 0 ? [] : `${count(units)} ${units === 1 ? one(metric) : metric} a month`;
  });
  const beyond = charges.flatMap(({ metric, tiers }) =>
    tiers.length === 0 ? `${metric === 'requests' ? 'Requests' : 'Rentals'} have no price` : tiers.map(({ from, up_to, unit_price }) => `${price(unit_price, currency)} a ${one(metric)}${tiers.length === 1 ? '' : up_to === null ? `, from ${count(from)} on` : `, ${count(from)} to ${count(up_to)}`}`)
  );
  return [
    { name: 'Included', lines: included.length ? included : ['Nothing'] },
    { name: 'Beyond', lines: beyond.length ? beyond : ['Nothing is charged'] },
    { name: 'Limits of a key', lines: limits.length ? limits.map(limitText) : ['None'] },
    ...(trial_days ? [{ name: 'Trial', lines: [`${count(trial_days)} ${trial_days === 1 ? 'day' : 'days'} free of charge`] }] : [])
  ];
}

export interface Draft {
  name: string;
  description: string;
  currency: string;
  monthly_price: string;
  price_by_hand: boolean;
  trial_days: string;
  charges: Record<Metric, { counted: boolean; included: string; tiers: { up_to: string; unit_price: string }[] }>;
  /** By limitId. */
  limits: Record<string, string>;
}
/** As a person types it: "20", "1.50", "0.00125". */
const typed = (amount: string) => amount.replace(/(\.\d\d\d*?)0+$/, '$1').replace(/\.00$/, '');

export function draftOf(plan: Plan | null): Draft {
  const charge = (metric: Metric) => {
    const set = plan?.charges.find((each) => each.metric === metric);
    const tiers = set?.tiers.map((each) => ({ up_to: String(each.up_to ?? ''), unit_price: typed(each.unit_price) })) ?? [];
    return { counted: !!set, included: String(set?.included || ''), tiers: tiers.length ? tiers : [{ up_to: '', unit_price: '' }] };
  };
  return {
    name: plan?.name ?? '',
    description: plan?.description ?? '',
    currency: plan?.currency ?? 'USD',
    monthly_price: plan ? typed(plan.monthly_price) : '',
    price_by_hand: plan?.price_by_hand ?? false,
    trial_days: String(plan?.trial_days || ''),
    charges: { requests: charge('requests'), rentals: charge('rentals') },
    limits: Object.fromEntries(plan?.limits.map((each) => [limitId(each), String(each.amount)]) ?? [])
  };
}

/** "1,50" as most of Europe types it is 1.50; what is no price is the server's to refuse. */
export const typedPrice = (text: string) => text.trim().replace(/[\s_']/g, '').replace(/^(\d+),(\d{1,9})$/, '$1.$2') || '0';
/** The first unit of a tier: the one after the last of the tier before; null while that is not typed. */
export function tierFrom(tiers: { up_to: string }[], at: number): number | null {
  if (at === 0) return 1;
  return /^\s*\d{1,13}\s*$/.test(tiers[at - 1]!.up_to) ? Number(tiers[at - 1]!.up_to) + 1 : null;
}

/** What was typed as terms of the API; or what is wrong with it, by the name of the field. */
export function termsOf(draft: Draft): { terms: Schema['PlanTerms'] } | { problem: Problem } {
  let problem: Problem | null = null;
  const whole = (text: string, field: string) => {
    if (!/^\s*\d{0,13}\s*$/.test(text)) problem ??= { status: 0, code: 'malformed', field, detail: 'Enter a whole number.' };
    return Number(text) || 0;
  };
  const charges = METRICS.filter((metric) => draft.charges[metric].counted).map((metric) => {
    const { included, tiers } = draft.charges[metric];
    const priced = tiers.length > 1 || tiers[0]!.unit_price.trim() !== '';
    return {
      metric,
      included: whole(included, `${metric}.included`),
      tiers: (priced ? tiers : []).map((each, i) => {
        const last = i === tiers.length - 1;
        const up_to = last ? null : whole(each.up_to, `${metric}.${i}.up_to`);
        const from = tierFrom(tiers, i) ?? 1;
        if (up_to !== null && up_to < from) problem ??= { status: 0, code: 'out_of_range', field: `${metric}.${i}.up_to`, detail: `Enter where this price ends: ${count(from)} or more.` };
        if (!each.unit_price.trim()) problem ??= { status: 0, code: 'missing', field: `${metric}.${i}.unit_price`, detail: 'Enter a price; 0 is free of charge.' };
        return { from, up_to, unit_price: typedPrice(each.unit_price) };
      })
    };
  });
  const limits = readLimits(draft.limits);
  if ('wrong' in limits) problem ??= { status: 0, code: 'malformed', field: limits.wrong, detail: 'Enter a whole number, or nothing for no limit.' };
  const { price_by_hand } = draft;
  const terms = {
    currency: draft.currency.trim(),
    monthly_price: price_by_hand ? '0' : typedPrice(draft.monthly_price),
    price_by_hand,
    trial_days: whole(draft.trial_days, 'trial_days'),
    charges,
    limits: 'wrong' in limits ? [] : limits.limits
  };
  return problem ? { problem } : { terms };
}

/** A refusal by the server, about the field it was typed into: "charges[0].tiers[1].up_to" is "rentals.1.up_to". */
export function aboutTerms(problem: Problem, { charges = [], limits = [] }: Schema['PlanTerms']): Problem {
  const [, at, tier, name] = /^charges\[(\d+)\](?:\.tiers\[(\d+)\])?(?:\.(\w+))?/.exec(problem.field ?? '') ?? [];
  if (at === undefined) return aboutLimit(problem, limits);
  const { metric } = charges[Number(at)]!;
  if (tier === undefined) return { ...problem, field: `${metric}.included` };
  return { ...problem, field: name === 'from' ? `${metric}.${Math.max(0, Number(tier) - 1)}.up_to` : `${metric}.${tier}.${name}` };
}
