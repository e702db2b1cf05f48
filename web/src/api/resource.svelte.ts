/**
 * One question to the API, for a component: asked when it appears, when what it reads changes, and when the server says that
 * one of `topics` changed. Old data stays while the next is fetched, and after a failure.
 *
 *   const keys = resource(() => api.GET('/api/keys', { params: { query: { q: route.get('q') } } }), ['keys']);
 *   keys.data, keys.problem, keys.busy, keys.at
 */
import { untrack } from 'svelte';
import { session } from './session.svelte';
import { settle, type Call, type Problem } from './client';
import { live, type Topic } from './live.svelte';

export class Resource<T> {
  /** null: not yet known. */
  data = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(true);
  /** When `data` came. */
  at = $state<number | null>(null);
  #turn = 0;
  #asked = $state(0);

  /** Asks again. */
  again = () => {
    this.#asked++;
  };

  constructor(ask: () => Call<T> | null, topics: Topic[]) {
    $effect(() => {
      for (const topic of topics) live.version(topic);
      void session.generation;
      void this.#asked;
      const call = ask();
      untrack(() => void this.#take(call));
    });
  }

  async #take(call: Call<T> | null) {
    const mine = ++this.#turn;
    this.busy = call !== null;
    if (!call) return;
    const outcome = await settle(call);
    if (mine !== this.#turn) return; // a newer question is under way
    this.busy = false;
    if ('problem' in outcome) {
      this.problem = outcome.problem;
    } else {
      this.data = outcome.data;
      this.problem = null;
      this.at = Date.now();
    }
  }
}

/** `ask` answers null while there is nothing to ask. The type parameter narrows to fields that openapi.yaml lacks yet. */
export function resource<T>(ask: () => Call<unknown> | null, topics: Topic[] = []): Resource<T> {
  return new Resource<T>(ask as () => Call<T> | null, topics);
}
