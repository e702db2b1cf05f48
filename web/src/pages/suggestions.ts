/** What a `Suggest` finds: customers, customer keys and rental accounts, by name and by id. */
import { api, settle, type Call } from '../api/client';
import type { Suggestion } from '../ui/Suggest.svelte';

const LIMIT = 8;
/** The rows of an answer as suggestions; none where the server does not answer, since the field only helps. */
async function read<Row>(call: Call<{ data: Row[] }>, text: (row: Row) => Suggestion): Promise<Suggestion[]> {
  const said = await settle(call);
  return 'data' in said ? said.data.data.map(text) : [];
}
async function one<Row>(call: Call<Row>, text: (row: Row) => Suggestion): Promise<string | null> {
  const said = await settle(call);
  return 'data' in said ? text(said.data).text : null;
}

const byCustomer = (each: { id: number; name: string; email: string | null }) => ({ id: each.id, text: each.email ? `${each.name} (${each.email})` : each.name });
const byKey = (each: { id: number; name: string; hint: string }) => ({ id: each.id, text: `${each.name} (${each.hint})` });
const byAccount = (each: { id: number; website: string; username: string }) => ({ id: each.id, text: `${each.website}, ${each.username}` });

export const customers = {
  find: (q: string) => read(api.GET('/api/customers', { params: { query: { q, limit: LIMIT } } }), byCustomer),
  textOf: (id: number) => one(api.GET('/api/customers/{id}', { params: { path: { id } } }), byCustomer)
};
export const customerKeys = {
  find: (q: string) => read(api.GET('/api/customer-keys', { params: { query: { q, limit: LIMIT } } }), byKey),
  textOf: (id: number) => one(api.GET('/api/customer-keys/{id}', { params: { path: { id } } }), byKey)
};
export const rentalAccounts = {
  find: (q: string) => read(api.GET('/api/rental-accounts', { params: { query: { q, limit: LIMIT } } }), byAccount),
  textOf: (id: number) => one(api.GET('/api/rental-accounts/{id}', { params: { path: { id } } }), byAccount)
};
