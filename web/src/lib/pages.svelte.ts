/**
 * Pages of a list that goes on by cursor. The cursor stands in the address; what came before is remembered, so that one can go
 * back, and is forgotten when the question changes.
 *   const pager = pages(() => JSON.stringify(filters));  pager.cursor, pager.first, pager.back, pager.next(next_cursor, rows)
 */
import { untrack } from 'svelte';
import { route, setQuery } from './router.svelte';

export class Pages {
  #trail = $state.raw<{ cursor: string; first: number }[]>([]);
  #here = $derived(this.#trail.find((each) => each.cursor === route.get('cursor')));

  constructor(question: () => string) {
    let before: string | null = null;
    $effect.pre(() => {
      const now = question();
      if (before !== null && before !== now) untrack(() => this.#restart());
      before = now;
    });
  }
  #restart() {
    this.#trail = [];
    setQuery({ cursor: null }, { replace: true });
  }
  get cursor(): string | undefined {
    return route.get('cursor') || undefined;
  }
  /** The number of the first row; 1 also where the way here is not known. */
  get first(): number {
    return this.#here?.first ?? 1;
  }
  get back(): (() => void) | null {
    if (!this.cursor) return null;
    const at = this.#here ? this.#trail.indexOf(this.#here) : -1;
    return () => setQuery({ cursor: at > 0 ? this.#trail[at - 1]!.cursor : null });
  }
  next(cursor: string | null, rows: number): (() => void) | null {
    if (!cursor) return null;
    return () => {
      this.#trail = [...this.#trail.filter((each) => each.cursor !== cursor), { cursor, first: this.first + rows }];
      setQuery({ cursor });
    };
  }
}
export const pages = (question: () => string) => new Pages(question);
