/** What is asked about plans, subscriptions and billing details, as forms for `Ask`. */
import { api, attempt, settle, type Outcome, type Problem, type Schema } from '../../api/client';
import { live } from '../../api/live.svelte';
import { addDays, dayShort } from '../../lib/format';
import { toast } from '../../lib/toast.svelte';
import type { Request } from '../../ui/Ask.svelte';
import { typedPrice, type Plan } from './plan';

export type Subscription = Schema['Subscription'];
export type Billing = Schema['CustomerBilling'];
type Named = { id: number; name: string };

function done(said: Outcome<unknown>, text: string): Problem | null {
  if ('problem' in said) return said.problem;
  toast(text);
  live.touch('plans', 'subscriptions', 'customers', 'customer_keys', 'invoices', 'billing');
  return null;
}

/** Away: it takes no new customers. */
export async function move(plan: Plan, away: boolean): Promise<Problem | null> {
  const path = { params: { path: { id: plan.id } } };
  const said = away ? await settle(api.POST('/api/plans/{id}/archive', path)) : await settle(api.POST('/api/plans/{id}/restore', path));
  const problem = done(said, `${away ? 'Archived' : 'Offered again:'} ${plan.name}`);
  if (problem && !away) toast(problem.detail);
  return problem;
}

/** Gives the customer a plan, or another one. */
export function planForm(customer: Named, plans: Plan[], now: Subscription | null): Request {
  const once = attempt();
  const offered = plans.filter((each) => !each.archived_at && each.id !== now?.plan_id && (!now || each.currency === now.currency));
  const chosen = (values: Record<string, string>) => offered.find((each) => String(each.id) === values.plan_id);
  const first = offered[0]?.id ?? '';
  return {
    title: now ? `Another plan for ${customer.name}` : `A plan for ${customer.name}`,
    button: now ? 'Change the plan' : 'Give the plan',
    values: { plan_id: String(first), when: 'period_end', monthly_price: '', starts: '', anchor: '' },
    start: 'plan_id',
    fields: (values) => [
      { name: 'plan_id', label: 'Plan', kind: 'choice', options: offered.map((each) => [String(each.id), each.name] as const), hint: chosen(values)?.sentence ?? 'There is no other plan in this currency.' },
      ...(chosen(values)?.price_by_hand ? [{ name: 'monthly_price', label: 'Price a month', placeholder: '90.00', must: 'Enter the price that was agreed.' }] : []),
      ...(now
        ? [{ name: 'when', label: 'From', kind: 'choice' as const, options: [['period_end', `The next period, ${dayShort(now.period_until)}`], ['now', 'Today; the period is split by days']] as const }]
        : [
            { name: 'starts', label: 'First day', kind: 'date' as const, hint: 'Today when left out' },
            { name: 'anchor', label: 'Periods begin on day', kind: 'number' as const, max: 2, placeholder: '1 to 31', hint: 'Of the month; that of the first day when left out' }
          ])
    ],
    note: now ? undefined : 'While they have it, its limits stand for those of their keys.',
    send: async (values) => {
      const price = chosen(values)?.price_by_hand ? { monthly_price: typedPrice(values.monthly_price!) } : {};
      const plan_id = Number(values.plan_id);
      const name = chosen(values)?.name ?? '';
      if (now) return done(await settle(api.POST('/api/subscriptions/{id}/change', { params: { path: { id: now.id } }, body: { plan_id, when: values.when as 'now', ...price } })), `${name} for ${customer.name}`);
      const body = { customer_id: customer.id, plan_id, ...price, ...(values.starts && { starts: values.starts }), ...(values.anchor!.trim() && { anchor: Number(values.anchor) || 0 }) };
      return done(await settle(api.POST('/api/subscriptions', { params: { header: { 'Idempotency-Key': once } }, body })), `${name} for ${customer.name}`);
    }
  };
}
export function cancelForm(of: Subscription): Request {
  return {
    title: `End the subscription of ${of.customer_name}`,
    button: 'End the subscription',
    values: { when: 'period_end' },
    fields: () => [{ name: 'when', label: 'Last day', kind: 'choice', options: [['period_end', `${dayShort(addDays(of.period_until, -1))}, the end of the period`], ['now', 'Yesterday: today is not charged any more']] }],
    note: 'What was used until then is billed. The keys have their own limits again afterwards.',
    send: async ({ when }) => done(await settle(api.POST('/api/subscriptions/{id}/cancel', { params: { path: { id: of.id } }, body: { when: when as 'now' } })), `Ended the subscription of ${of.customer_name}`)
  };
}
export async function resume(of: Subscription) {
  const problem = done(await settle(api.POST('/api/subscriptions/{id}/resume', { params: { path: { id: of.id } } })), `${of.customer_name} goes on with ${of.plan_name}`);
  if (problem) toast(problem.detail);
}

/** Only what was changed is sent: an invoice name that was never given goes on following the customer's. */
export function billingForm(customer: Named, of: Billing): Request {
  const { billing_name, address, tax_id, tax_rate, invoice_notes } = of;
  const values: Record<string, string> = { billing_name, address, tax_id, tax_rate, tax_inclusive: of.tax_inclusive ? 'yes' : '', invoice_notes };
  return {
    title: `Billing details of ${customer.name}`,
    button: 'Save',
    values,
    start: 'billing_name',
    fields: () => [
      { name: 'billing_name', label: 'Name on invoices', placeholder: customer.name },
      { name: 'address', label: 'Address', kind: 'notes' },
      { name: 'tax_id', label: 'Tax number' },
      { name: 'tax_rate', label: 'Tax, per cent', max: 7, placeholder: '0' },
      { name: 'tax_inclusive', label: 'Prices have the tax in them already', kind: 'check' },
      { name: 'invoice_notes', label: 'Notes on each invoice', kind: 'notes' }
    ],
    note: 'For invoices from now on; those that are final stay as they are.',
    send: async (typed) => {
      const changed = Object.fromEntries(Object.entries(typed).filter(([name, value]) => value !== values[name]).map(([name, value]) => [name, value.trim()]));
      const body: Schema['CustomerBillingUpdate'] = { ...changed, ...('tax_rate' in changed && { tax_rate: typedPrice(changed.tax_rate!) }), ...('tax_inclusive' in changed && { tax_inclusive: !!changed.tax_inclusive }) };
      return done(await settle(api.PUT('/api/customers/{id}/billing', { params: { path: { id: customer.id } }, body })), `Changed the billing details of ${customer.name}`);
    }
  };
}
