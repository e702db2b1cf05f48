/** Gathers what changed and tells it at most every `every` milliseconds, the first time at once. Pure but for the timer it is given. */
export class Coalescer {
  #waiting = new Set<string>();
  #last = -Infinity;
  #timer = false;

  constructor(
    private tell: (topics: string[]) => void,
    private every = 2000,
    private now: () => number = () => performance.now(),
    private later: (run: () => void, ms: number) => void = (run, ms) => void setTimeout(run, ms)
  ) {}

  add(topics: Iterable<string>) {
    for (const topic of topics) this.#waiting.add(topic);
    if (this.#timer || this.#waiting.size === 0) return;
    const wait = this.#last + this.every - this.now();
    if (wait <= 0) return this.#flush();
    this.#timer = true;
    this.later(() => this.#flush(), wait);
  }

  #flush() {
    this.#timer = false;
    this.#last = this.now();
    const topics = [...this.#waiting];
    this.#waiting.clear();
    this.tell(topics);
  }
}
