import { describe, expect, it } from 'vitest';
import { daysBefore, readRange } from './range';

describe('the range of an address', () => {
  const of = (query: Record<string, string>) => readRange((name) => query[name] ?? '');
  it('is 30 days when it says nothing or nonsense', () => {
    expect([of({}), of({ days: 'x' }), of({ days: '0' }), of({ days: '1099' }), of({ from: '2026-11-02', to: '2026-11-01' })]).toEqual(Array(5).fill({ days: 30 }));
  });
  it('takes two days before a number of days', () => {
    expect(of({ from: '2026-11-01', to: '2026-11-02', days: '7' })).toEqual({ from: '2026-11-01', to: '2026-11-02' });
  });
  it('is named by its length', () => {
    expect([daysBefore(1), daysBefore(30)]).toEqual(['the day before', 'the 30 days before']);
  });
});
