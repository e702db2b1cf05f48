/** The address is the state: path and query live here and nowhere else. */
import { tick } from 'svelte';

class Route {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));
  /** The text of a parameter, or what it is without one. */
  get(name: string, otherwise = ''): string {
    return this.query.get(name) ?? otherwise;
  }
}
export const route = new Route();

function read() {
  route.path = location.pathname;
  route.query = new URLSearchParams(location.search);
}
addEventListener('popstate', read);

type Query = Record<string, string | number | null | undefined>;

/** An address with these parameters; those that are null or empty are left out. */
export function href(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value != null && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** Goes to another page; focus goes to its heading, so that a screen reader says where one is. */
export function go(to: string, { replace = false } = {}) {
  const from = route.path;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  read();
  if (route.path === from) return;
  scrollTo(0, 0);
  void tick().then(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }));
}

/** Changes parameters of this page's address; null or empty takes one out. */
export function setQuery(changes: Query, { replace = false } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value == null || value === '') query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString();
  if (text === location.search.slice(1)) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', text ? `?${text}` : location.pathname);
  read();
}

/** Whether a path fits a pattern, and its parameters: match('/my/keys/{id}', '/my/keys/3') is {id: '3'}. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split('/');
  const have = path.replace(/(.)\/$/, '$1').split('/');
  if (want.length !== have.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const value = have[i]!;
    if (part.startsWith('{')) found[part.slice(1, -1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return found;
}

// Plain links stay plain links: this takes those that lead to another page of the dashboard.
addEventListener('click', (event) => {
  const link = (event.target as Element).closest?.('a');
  const modified = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || modified || event.defaultPrevented || link.target || link.download || link.origin !== location.origin) return;
  if (link.hash || link.pathname.startsWith('/api/') || link.pathname === '/docs') return;
  event.preventDefault();
  go(link.pathname + link.search);
});
