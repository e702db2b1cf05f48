/** Invoices in the words that the pages show. Pure. */
import type { Schema } from '../../api/client';
import { count, dayRange, lastDay, plural } from '../../lib/format';
import { exactMoney, money } from '../../lib/money';

export type Invoice = Schema['InvoiceDetails'];
/** An invoice, or what the current one would say if it ended now, which has no id. */
export type Shown = Omit<Invoice, 'id'> & { id: number | null };
export type Line = Schema['InvoiceLine'];
type Step = Schema['InvoiceStep'];

/** The day that a time falls on, in a zone. */
export const dayOf = (time: string, zone: string) => lastDay(new Date(Date.parse(time) + 1).toISOString(), zone);
/** "1–31 Oct 2026", always with its year: it stands on paper. */
export const period = ({ from, to }: { from: string; to: string }) => dayRange(from, to, '');
export const day = (time: string, zone: string) => dayRange(dayOf(time, zone), dayOf(time, zone), '');

/** What stands in the way of finalising; the rest of what a draft lacks does not. */
export const BLOCKING = ['period_not_over', 'earlier_draft'];
export const blocked = ({ missing }: Pick<Shown, 'missing'>) => missing.some((each) => BLOCKING.includes(each));
const LACKS: Record<string, string> = { seller_name: 'your name', seller_address: 'your address', customer_address: 'the customer’s address', unpriced_usage: 'a price for some of its usage' };
/** "your address and the customer's address": what it would go out without; empty where nothing is missing. */
export const lacks = ({ missing }: Pick<Shown, 'missing'>) => new Intl.ListFormat().format(missing.flatMap((each) => LACKS[each] ?? []));

/** "18,420 requests and 3 rentals". */
export const unpricedText = ({ unpriced }: Pick<Shown, 'unpriced'>) =>
  new Intl.ListFormat().format([...(unpriced.requests ? [plural(unpriced.requests, 'request')] : []), ...(unpriced.rentals ? [plural(unpriced.rentals, 'rental')] : [])]);

const DID: Record<Step['kind'], string> = {
  days: 'Of the monthly price',
  covered: 'Covered by the monthly price',
  included: 'Included in the monthly price',
  trial: 'Used in the trial, free of charge',
  tier: 'Charged by the unit',
  unpriced: 'Without a price, and not in the amount'
};
/** A step as a customer follows it; what has no price says none. Days seldom divide a price, and are alone on their line, which is rounded. */
export function told({ kind, quantity, of_days, unit_price, amount }: Step, { steps }: Line) {
  const priced = kind === 'days' || kind === 'tier';
  return {
    text: kind === 'tier' && steps[0]!.kind === 'included' ? 'Beyond what is included' : DID[kind],
    quantity: of_days === null ? count(quantity) : `${count(quantity)} of ${plural(of_days, 'day')}`,
    price: priced ? exactMoney({ amount: unit_price, currency: amount.currency }) : '',
    amount: kind === 'days' ? money(amount) : priced ? exactMoney(amount) : ''
  };
}
/** The line says by itself what its only step would say again. */
export const plain = ({ steps }: Line) => steps.length < 2 && steps.every((each) => each.kind === 'covered' || each.quantity === each.of_days);
