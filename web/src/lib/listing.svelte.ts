/**
 * What a list is asked for: filters, order and page, all of which stand in the address under the API's own names.
 *
 *   const list = listing<'/api/websites'>(['q'], { by: 'name', order: 'asc' });
 *   const websites = resource<Rows<Schema['Website']>>(() => api.GET('/api/websites', { params: { query: list.query } }), ['websites']);
 *   <List {list} state={websites} ... />
 */
import type { paths } from '../api/schema';
import type { Sort } from '../ui/Table.svelte';
import { Pages } from './pages.svelte';
import { route, setQuery } from './router.svelte';

/** An answer of a list route. */
export interface Rows<Row> {
  data: Row[];
  next_cursor: string | null;
  /** Rows under these filters, and without them. */
  count?: number | null;
  all_count?: number;
}
type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

export class Listing<Q> {
  #names: string[];
  #first: Sort | null;
  #also: (filters: Record<string, string>) => Record<string, string | undefined>;
  pages: Pages;
  /** The filters that are set. */
  filters = $derived.by<Record<string, string>>(() => Object.fromEntries(this.#names.map((name) => [name, route.get(name)]).filter(([, value]) => value)));
  filtered = $derived(Object.keys(this.filters).length > 0);
  /** The order that is shown, if the list has one to choose. */
  sort = $derived.by<Sort | null>(() => (route.get('sort') ? { by: route.get('sort'), order: route.get('order') === 'asc' ? 'asc' : 'desc' } : this.#first));
  /** The question but for the page: also that of the CSV file. */
  question = $derived.by<Record<string, string | undefined>>(() => ({ ...this.filters, ...(this.sort && { sort: this.sort.by, order: this.sort.order }), ...this.#also(this.filters) }));
  /** Its words come from the address: a wrong one is the server's to refuse. */
  query = $derived.by(() => ({ ...this.question, cursor: this.pages.cursor }) as Q);
  /** While it is the same, the rows are of the same question. */
  key = $derived.by(() => JSON.stringify(this.query));

  constructor(names: string[], sort: Sort | null, also: (filters: Record<string, string>) => Record<string, string | undefined>) {
    this.#names = names;
    this.#first = sort;
    this.#also = also;
    this.pages = new Pages(() => JSON.stringify(this.question));
  }
  sortBy = (sort: Sort) => setQuery({ sort: sort.by, order: sort.order });
  clear = () => setQuery(Object.fromEntries(this.#names.map((name) => [name, null])));
}

/**
 * `names` are the filters; `sort` is the order while the address names none; `also` is what the question has beside them, or
 * says in other words than the address.
 */
export const listing = <Path extends keyof paths>(names: (keyof Query<Path> & string)[], sort: Sort | null = null, also: (filters: Record<string, string>) => Record<string, string | undefined> = () => ({})) =>
  new Listing<Query<Path>>(names, sort, also);
