/** What is asked about webhooks, as forms for `Ask`; and how an endpoint stands. */
import { api, attempt, settle, type Schema } from '../../api/client';
import { live } from '../../api/live.svelte';
import { plural } from '../../lib/format';
import { toast } from '../../lib/toast.svelte';
import type { Request } from '../../ui/Ask.svelte';

export type Endpoint = Schema['WebhookEndpoint'];
export type Made = Schema['MadeWebhookEndpoint'];
type Topic = Schema['WebhookTopic'];
export const TOPICS: Record<Topic, string> = {
  'invoice.finalised': 'An invoice is made final',
  'invoice.paid': 'An invoice is paid',
  'subscription.changed': 'A subscription begins, changes or ends',
  'limit.reached': 'A key has used up a limit',
  'key.revoked': 'A key is revoked',
  'rental.expired': 'A rental ends by time',
  'budget.reached': 'A budget of mine is reached'
};
const topics = Object.keys(TOPICS) as Topic[];
/** What an address is called in a sentence. */
export const host = (of: { url: string }) => (URL.canParse(of.url) ? new URL(of.url).host : of.url);

export function stateOf({ enabled, disabled_reason, failed_in_a_row, last_delivered_at }: Endpoint): { word: string; tone: string; why: string } {
  if (!enabled) return { word: 'Off', tone: disabled_reason ? 'bad' : 'plain', why: disabled_reason };
  if (failed_in_a_row) return { word: 'Failing', tone: 'warn', why: `${plural(failed_in_a_row, 'attempt')} in a row` };
  return last_delivered_at ? { word: 'Working', tone: 'good', why: '' } : { word: 'Waiting', tone: 'plain', why: 'Nothing sent yet' };
}

/** Adds one, or changes it; `made` is told of a new one, with its secret. */
export function endpointForm(of: Endpoint | null, made: (endpoint: Made) => void = () => {}): Request {
  const once = attempt();
  return {
    title: of ? `Change ${host(of)}` : 'Add a webhook',
    button: of ? 'Save the webhook' : 'Add the webhook',
    start: 'url',
    values: { url: of?.url ?? '', description: of?.description ?? '', all: of?.topics.length ? '' : 'yes', ...Object.fromEntries(of?.topics.map((each) => [each, 'yes']) ?? []) },
    fields: ({ all }) => [
      { name: 'url', label: 'Address', kind: 'url', max: 2048, placeholder: 'https://billing.example.com/keyledger', must: 'Enter the address that is called.' },
      { name: 'description', label: 'What it is for' },
      { name: 'all', label: 'Tell it everything', kind: 'check' },
      ...(all ? [] : topics.map((each) => ({ name: each, label: TOPICS[each], kind: 'check' as const })))
    ],
    send: async (typed) => {
      const chosen = typed.all ? [] : topics.filter((each) => typed[each]);
      if (!typed.all && !chosen.length) return { status: 0, code: 'missing', detail: 'Choose what it is told.', field: 'topics' };
      const body = { url: typed.url!.trim(), description: typed.description!.trim(), topics: chosen };
      const said = of
        ? await settle(api.PUT('/api/webhooks/{id}', { params: { path: { id: of.id } }, body }))
        : await settle(api.POST('/api/webhooks', { params: { header: { 'Idempotency-Key': once } }, body }));
      if ('problem' in said) return said.problem;
      toast(`${of ? 'Changed' : 'Added'} ${host(said.data)}`);
      live.touch('webhooks');
      if ('secret' in said.data) setTimeout(made, 0, said.data); // when the dialog that asked has gone
      return null;
    }
  };
}
