/**
 * The only way to the server. Types come from ../../../src/api/openapi.yaml (`npm run api`).
 *
 *   const outcome = await settle(api.GET('/api/keys/{id}', { params: { path: { id } } }));
 *   if ('problem' in outcome) show(outcome.problem.detail); else use(outcome.data);
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schema = components['schemas'];
export type Problem = { status: number; code: string; detail: string; field?: string };
export type Outcome<T> = { data: T } | { problem: Problem };
export type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

export const api = createClient<paths>({ baseUrl: '' });

/** Told of every 401 that means "not signed in"; set by lib/session. */
let onSignedOut: () => void = () => {};
export const whenSignedOut = (listener: () => void) => (onSignedOut = listener);

const UNREACHABLE: Problem = { status: 0, code: 'unreachable', detail: 'The server does not answer. Check that Keyledger runs, and try again.' };

function problemOf(error: unknown, status: number): Problem {
  const said = error as Partial<Problem> | null;
  if (said && typeof said === 'object' && typeof said.detail === 'string') {
    return { status, code: said.code ?? 'unknown', detail: said.detail, field: said.field };
  }
  return { status, code: 'unreadable', detail: `The server answered ${status} without saying why. Its log has a line about it.` };
}

/** An answer or a problem with the server's own words; it never throws. */
export async function settle<T>(call: Call<T>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    if (response.ok) return { data: data as T };
    const problem = problemOf(error, response.status);
    if (problem.status === 401 && problem.code === 'unauthenticated') onSignedOut();
    return { problem };
  } catch {
    return { problem: UNREACHABLE };
  }
}

/** A header that makes repeating a POST harmless: the same value for the same attempt. */
export function attempt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
