import { expect, it } from 'vitest';
import { Coalescer } from './coalesce';

it('tells at once, then at most every two seconds, each topic once', () => {
  const told: string[][] = [];
  const timers: { run: () => void; ms: number }[] = [];
  let now = 0;
  const coalescer = new Coalescer((topics) => told.push(topics), 2000, () => now, (run, ms) => timers.push({ run, ms }));
  coalescer.add(['keys']);
  expect(told).toEqual([['keys']]);
  now = 500;
  coalescer.add(['usage']);
  coalescer.add(['usage', 'keys']);
  expect(timers.map((each) => each.ms)).toEqual([1500]);
  now = 2000;
  timers[0]!.run();
  expect(told[1]).toEqual(['usage', 'keys']);
});

it('tells nothing of nothing', () => {
  const told: string[][] = [];
  new Coalescer((topics) => told.push(topics)).add([]);
  expect(told).toEqual([]);
});
