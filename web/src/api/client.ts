/**
 * The only way to the server. Types come from ../../../src/api/openapi.yaml (`npm run api`).
 *
 *   const outcome = await settle(api.GET('/api/keys/{id}', { params: { path: { id } } }));
 *   if ('problem' in outcome) show(outcome.problem.detail); else use(outcome.data);
 */
import type { Client } from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schema = components['schemas'];
export type Problem = { status: number; code: string; detail: string; field?: string };
export type Outcome<T> = { data: T } | { problem: Problem };
export type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

interface Asked {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown>; header?: Record<string, string> };
  body?: unknown;
  headers?: HeadersInit;
  signal?: AbortSignal;
}

/** What of openapi-fetch's calls the pages use, without its 2.5 KiB: JSON there and back, or a file there. */
const by = (method: string) => async (path: string, { params = {}, body, headers, signal }: Asked = {}) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params.query ?? {})) {
    if (value != null) query.set(name, String(value)); // a list with commas between
  }
  const target = path.replace(/{(\w+)}/g, (_, name: string) => encodeURIComponent(String(params.path?.[name]))) + (query.size ? `?${query}` : '');
  const raw = body === undefined || body instanceof Blob;
  const said = { ...(raw ? {} : { 'content-type': 'application/json' }), ...params.header, ...headers };
  const response = await fetch(target, { method, signal, headers: said, body: raw ? body : JSON.stringify(body) });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  const value: unknown = text && json ? JSON.parse(text) : text || undefined;
  return response.ok ? { data: value, response } : { error: value, response };
};

/** Typed by openapi.yaml, as openapi-fetch does it. */
export const api = { GET: by('GET'), POST: by('POST'), PUT: by('PUT'), DELETE: by('DELETE') } as unknown as Pick<Client<paths>, 'GET' | 'POST' | 'PUT' | 'DELETE'>;

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
