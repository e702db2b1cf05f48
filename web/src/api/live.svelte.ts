/**
 * One event stream for the whole page. It only says what changed; whoever shows that reads `live.version(topic)` inside an
 * effect and asks again when it moves, which is at most every two seconds.
 */
import type { Schema } from './client';
import { Coalescer } from './coalesce';

export type Topic = 'keys' | 'accounts' | 'usage' | 'budgets' | 'prices' | 'settings' | (string & {});

const LOST_AFTER_MS = 30_000;
const ASK_EVERY_MS = 60_000;

class Live {
  /** `lost`: for half a minute or more; the page then asks once a minute. */
  state = $state<'connecting' | 'live' | 'reconnecting' | 'lost'>('connecting');
  since = $state<number | null>(null);
  sync = $state.raw<Schema['SyncState'] | null>(null);
  #versions = $state<Record<string, number>>({});
  #changes = new Coalescer((topics) => this.#move(topics));
  /** How often the person has changed something here: what follows from that is shown at once, also where rows keep still. */
  own = $state(0);
  #source: EventSource | null = null;
  #retries = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  version(topic: Topic): number {
    return (this.#versions['*'] ?? 0) + (this.#versions[topic] ?? 0);
  }
  /** Asks again for these, now: after the person's own change. '*' is everything. */
  touch(...topics: Topic[]) {
    this.own++;
    this.#move(topics);
  }
  #move(topics: Topic[]) {
    for (const topic of topics) this.#versions[topic] = (this.#versions[topic] ?? 0) + 1;
  }

  start() {
    this.stop();
    const source = new EventSource('/api/events');
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => this.#failed(source);
    source.addEventListener('changed', (event) => this.#changes.add(topicsOf(event.data)));
    source.addEventListener('resync', () => this.#changes.add(['*']));
    source.addEventListener('sync', (event) => (this.sync = JSON.parse(event.data)));
  }
  stop() {
    this.#source?.close();
    this.#source = null;
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }

  #opened() {
    this.#retries = 0;
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
    const missed = this.since !== null;
    this.state = 'live';
    this.since = null;
    if (missed) this.#changes.add(['*']);
  }
  #failed(source: EventSource) {
    if (source !== this.#source) return;
    if (this.since === null) {
      this.since = Date.now();
      this.state = 'reconnecting';
      this.#timers.push(setTimeout(() => this.#lose(), LOST_AFTER_MS));
    }
    // The browser tries again by itself after a broken stream, but not after an answer that is none.
    if (source.readyState === EventSource.CLOSED) this.#timers.push(setTimeout(() => this.#again(), Math.min(30_000, 1000 * 2 ** this.#retries++)));
  }
  #again() {
    const { since, state } = this;
    const timers = this.#timers;
    this.#timers = [];
    this.start();
    this.#timers = timers;
    Object.assign(this, { since, state });
  }
  #lose() {
    if (this.state === 'live') return;
    this.state = 'lost';
    this.#move(['*']);
    this.#timers.push(setTimeout(() => this.#lose(), ASK_EVERY_MS));
  }
}
export const live = new Live();

function topicsOf(text: string): string[] {
  const said = JSON.parse(text) as { resources?: string[] };
  return said.resources ?? ['*'];
}
