/** A rental account as the pages speak of it. */
import { api, settle, type Outcome, type Schema } from '../../api/client';

export type RentalAccount = Schema['RentalAccount'];

/** A password has no last four to tell it by. */
export const MASK = '••••••••';

export async function reveal(id: number): Promise<Outcome<string>> {
  const said = await settle(api.GET('/api/rental-accounts/{id}/password', { params: { path: { id } } }));
  return 'data' in said ? { data: said.data.password } : said;
}

/** Why it is not to be had, in the words that came with it; empty where its status says enough. */
export function standing(account: RentalAccount): string {
  if (account.status === 'exception') return account.exception_reason ?? '';
  if (account.status === 'needs_rotation') return account.rotation_error ?? '';
  return '';
}
