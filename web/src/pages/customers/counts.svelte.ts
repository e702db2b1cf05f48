/** How many keys and customers there are, for the tabs of this section: <PageHead counts={tabs()} /> */
import { api } from '../../api/client';
import { resource } from '../../api/resource.svelte';
import type { Rows } from '../../lib/listing.svelte';

export function counts(): () => Record<string, number | undefined> {
  const one = { params: { query: { limit: 1 } } };
  const keys = resource<Rows<unknown>>(() => api.GET('/api/customer-keys', one), ['customer_keys']);
  const customers = resource<Rows<unknown>>(() => api.GET('/api/customers', one), ['customers', 'customer_keys']);
  return () => ({ '/customers/keys': keys.data?.all_count, '/customers/list': customers.data?.all_count });
}
