/** What is asked before an invoice changes, as forms for `Ask` and `Confirm`. */
import { api, attempt, settle, type Call, type Outcome, type Problem, type Schema } from '../../api/client';
import { live } from '../../api/live.svelte';
import { dayBegins } from '../../lib/format';
import { money, typedAmount } from '../../lib/money';
import { toast } from '../../lib/toast.svelte';
import type { Request } from '../../ui/Ask.svelte';
import type { Question } from '../../ui/Confirm.svelte';
import { dayOf, lacks, period, type Invoice, type Shown } from './invoice';

async function done(call: Call<Invoice>, text: (invoice: Invoice) => string): Promise<Problem | null> {
  const said = await settle(call);
  if ('problem' in said) return said.problem;
  toast(text(said.data));
  live.touch('invoices', 'billing', 'customers');
  return null;
}
const of = (id: number) => ({ params: { path: { id } } });
const FOR_GOOD = 'What it says never changes after that; credit notes correct it.';

export function finaliseQuestion(invoice: Shown): Question {
  const without = lacks(invoice);
  return {
    title: 'Finalise this draft',
    text: `The invoice of ${money(invoice.total)} for ${invoice.customer.name}, ${period(invoice)}, gets the next number. ${FOR_GOOD}${without && ` It goes out without ${without}.`}`,
    button: 'Finalise',
    danger: false,
    run: () => done(api.POST('/api/invoices/{id}/finalise', of(invoice.id!)), ({ number }) => `Invoice ${number} is final`)
  };
}

/** The oldest first, since the drafts of one customer become final in their order. What lacks something stays a draft. */
async function finaliseAll(): Promise<Problem | null> {
  let [made, left] = [0, 0];
  const told = () => {
    toast(`${made} finalised${left ? `, ${left} left as drafts: something is missing` : ''}`);
    live.touch('invoices', 'billing', 'customers');
  };
  // What stays is on the first pages of what is asked next, and is gone past.
  for (let cursor: string | null | undefined = undefined; cursor !== null; ) {
    const page: Outcome<Schema['InvoiceList']> = await settle(api.GET('/api/invoices', { params: { query: { state: 'draft', sort: 'created_at', order: 'asc', limit: 500, cursor } } }));
    if ('problem' in page) return page.problem;
    for (const { id } of page.data.data) {
      const draft = await settle(api.GET('/api/invoices/{id}', of(id)));
      const said = 'data' in draft && draft.data.missing.length === 0 ? await settle(api.POST('/api/invoices/{id}/finalise', of(id))) : null;
      if (said && 'data' in said) made++;
      else left++;
    }
    cursor = page.data.next_cursor;
  }
  told();
  return null;
}
export const finaliseAllQuestion = (drafts: number): Question => ({
  title: 'Finalise all drafts',
  text: `Each of the ${drafts} drafts that lacks nothing gets its number. ${FOR_GOOD}`,
  button: 'Finalise all',
  danger: false,
  run: finaliseAll
});

export function payForm(invoice: Shown, zone: string): Request {
  const today = dayOf(new Date().toISOString(), zone);
  return {
    title: `Mark ${invoice.number} as paid`,
    button: 'Mark as paid',
    values: { paid_at: today, note: '' },
    start: 'note',
    fields: () => [
      { name: 'paid_at', label: 'Paid on', kind: 'date', must: 'Enter the day it was paid.' },
      { name: 'note', label: 'Note', max: 10000, placeholder: 'Bank transfer' }
    ],
    send: ({ paid_at, note }) =>
      done(api.POST('/api/invoices/{id}/pay', { ...of(invoice.id!), body: { paid_at: paid_at === today ? null : dayBegins(paid_at!, zone), note: note!.trim() || null } }), ({ number }) => `Invoice ${number} is paid`)
  };
}

export function creditForm(invoice: Shown): Request {
  const once = attempt();
  return {
    title: `Credit ${invoice.number}`,
    button: 'Make the credit note',
    values: { total: '', reason: '' },
    fields: () => [
      { name: 'total', label: 'Amount with tax', placeholder: money(invoice.due), hint: 'All that is left when left out' },
      { name: 'reason', label: 'Reason', kind: 'notes', must: 'Enter the reason: it stands on the credit note.' }
    ],
    note: 'A credit note has a number of its own and cannot be taken back.',
    async send({ total, reason }) {
      const amount = typedAmount(total!);
      if (total!.trim() && amount === null) return { status: 0, code: 'invalid_amount', detail: 'Enter an amount like 12.50.', field: 'total' };
      const call = api.POST('/api/invoices/{id}/credit', { params: { path: { id: invoice.id! }, header: { 'Idempotency-Key': once } }, body: { total: amount, reason: reason!.trim() } });
      return done(call, ({ number, credited }) => `Credited ${money(credited)} of ${number}`);
    }
  };
}

export const noteForm = (invoice: Shown): Request => ({
  title: 'Notes on this invoice',
  button: 'Save the notes',
  values: { notes: invoice.notes },
  fields: () => [{ name: 'notes', label: 'Notes', kind: 'notes', hint: 'Printed under the total: a purchase order, say' }],
  send: ({ notes }) => done(api.PUT('/api/invoices/{id}', { ...of(invoice.id!), body: { notes: notes!.trim() } }), () => 'Saved the notes')
});
