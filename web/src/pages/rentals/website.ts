/** A website as the pages speak of it, and the form that adds or changes one. */
import { api, attempt, settle, type Problem, type Schema } from '../../api/client';
import { live } from '../../api/live.svelte';
import { toast } from '../../lib/toast.svelte';
import type { Asked, Request } from '../../ui/Ask.svelte';

export type Website = Schema['Website'];
/** Who sets the next password, and how that goes. */
export const ROTATIONS = {
  by_hand: ['by hand', 'Somebody sets it under Rental accounts.'],
  webhook: ['by a webhook', 'Keyledger asks an address for it, with a signature.'],
  command: ['by the server’s command', 'The command that the server was started with prints it.']
} as const;
type Rotation = keyof typeof ROTATIONS;

const name: Asked = { name: 'name', label: 'Name', must: 'Enter the name that customers ask for it by.' };
const url: Asked = { name: 'url', label: 'Address', kind: 'url', max: 2048, placeholder: 'https://' };
const description: Asked = { name: 'description', label: 'Description', max: 2000 };

function fields(values: Record<string, string>): Asked[] {
  const rotates = values.after_rental === 'needs_rotation';
  return [
    name,
    url,
    description,
    { name: 'validity_hours', label: 'Hours of a rental', kind: 'number', max: 4, must: 'Enter how many hours a rental lasts.', hint: 'What is rented already keeps its time.' },
    {
      name: 'after_rental',
      label: 'After a rental, an account',
      kind: 'choice',
      hint: rotates ? 'It is not handed out before it has another password.' : 'Whoever had it last still knows its password.',
      options: [
        ['pool', 'is free again at once'],
        ['needs_rotation', 'waits for another password']
      ]
    },
    ...(rotates ? [{ name: 'rotation', label: 'The next password is set', kind: 'choice', hint: ROTATIONS[values.rotation as Rotation][1], options: Object.entries(ROTATIONS).map(([value, [text]]) => [value, text] as const) } as const] : []),
    ...(rotates && values.rotation === 'webhook'
      ? [{ name: 'rotation_url', label: 'Address of the webhook', kind: 'url', max: 2048, placeholder: 'https://', must: 'Enter the address that is asked for the next password.', hint: 'https, or http to this machine. Its secret is shown once, after this.' } as const]
      : [])
  ];
}

/** `onsecret` is given the webhook's secret where this change has made one. */
export function websiteForm(website: Website | null, onsecret: (secret: string) => void): Request {
  const once = attempt();
  async function send(values: Record<string, string>): Promise<Problem | null> {
    const hours = Number(values.validity_hours);
    if (!Number.isInteger(hours)) return { status: 0, code: 'malformed', detail: 'Enter whole hours.', field: 'validity_hours' };
    const rotation = values.after_rental === 'needs_rotation' ? (values.rotation as Rotation) : 'by_hand';
    const body = {
      name: values.name!.trim(),
      url: values.url!.trim() || null,
      validity_hours: hours,
      description: values.description!.trim() || null,
      after_rental: values.after_rental as Website['after_rental'],
      rotation,
      rotation_url: rotation === 'webhook' ? values.rotation_url!.trim() : null
    };
    const said = website
      ? await settle(api.PUT('/api/websites/{id}', { params: { path: { id: website.id } }, body }))
      : await settle(api.POST('/api/websites', { params: { header: { 'Idempotency-Key': once } }, body }));
    if ('problem' in said) return said.problem;
    if (said.data.rotation_secret) onsecret(said.data.rotation_secret);
    else toast(`${website ? 'Changed' : 'Added'} ${said.data.name}`);
    live.touch('websites', 'rental_accounts', 'rentals');
    return null;
  }
  return {
    title: website ? `Change ${website.name}` : 'Add a website',
    button: website ? 'Save the website' : 'Add the website',
    values: {
      name: website?.name ?? '',
      url: website?.url ?? '',
      description: website?.description ?? '',
      validity_hours: String(website?.validity_hours ?? 24),
      after_rental: website?.after_rental ?? 'pool',
      rotation: website?.rotation ?? 'by_hand',
      rotation_url: website?.rotation_url ?? ''
    },
    fields,
    send
  };
}
