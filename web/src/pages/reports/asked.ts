/** The question of a report, as the address has it. */
import { readRange, type Range } from '../../lib/range';
import { route } from '../../lib/router.svelte';

export interface Asked extends Range {
  website?: string;
  customer_id?: number;
}
export const asked = (): Asked => ({ ...readRange((name) => route.get(name)), website: route.get('website') || undefined, customer_id: Number(route.get('customer_id')) || undefined });
export const TOPICS = ['rentals', 'activity', 'settings'];
