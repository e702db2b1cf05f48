import { describe, expect, it } from 'vitest';
import type { Report } from '../../api/wanted';
import { endsToday, heatCells, inOrder, nothingArrived, readRange, reading, seriesOf } from './figures';

const nothing = { cost: [], requests: null, requests_partial: false, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cache_write_tokens: 0, images: 0, characters: 0, seconds: 0, searches: 0, credits: 0 };
const usd = (amount: string) => [{ amount, currency: 'USD', estimated: false }];
const report = (more: Partial<Report>): Report => ({
  from: '2026-11-20', to: '2026-11-21', days: 2, group_by: null, totals: nothing, previous: null, series: [], keys: [], groups: [], unpriced: [], problems: [], budgets: [], sources: [], synced_at: null, ...more
});

describe('the range of an address', () => {
  const of = (query: Record<string, string>) => readRange((name) => query[name] ?? '');
  it('is 30 days when it says nothing or nonsense', () => {
    expect([of({}), of({ days: 'x' }), of({ days: '0' }), of({ from: '2026-11-02', to: '2026-11-01' })]).toEqual(Array(4).fill({ days: 30 }));
  });
  it('takes two days before a number of days', () => {
    expect(of({ from: '2026-11-01', to: '2026-11-02', days: '7' })).toEqual({ from: '2026-11-01', to: '2026-11-02' });
  });
});

describe('a reading', () => {
  it('tells unknown from zero', () => {
    expect(reading(nothing, 'cost', 'USD')).toEqual({ value: null, text: '–' });
    expect(reading({ ...nothing, cost: usd('0.000000000') }, 'cost', 'USD')).toEqual({ value: 0, text: '$0.00' });
    expect(reading(nothing, 'requests', 'USD')).toEqual({ value: null, text: '–' });
  });
  it('shows tokens in all only when the server adds them', () => {
    expect(reading({ ...nothing, input_tokens: 5, output_tokens: 2 }, 'tokens', 'USD').text).toBe('5');
    expect(reading({ ...nothing, input_tokens: 5, output_tokens: 2, tokens: 7 }, 'tokens', 'USD').text).toBe('7');
  });
});

it('stacks providers in one order, whatever their size', () => {
  expect(inOrder(['zeta', 'brave', 'openai', 'anthropic'])).toEqual(['openai', 'anthropic', 'brave', 'zeta']);
});

it('has a gap where the server names one, and zero where there was no use', () => {
  const day = (name: string, provider: string | null) => ({ ...nothing, day: name, by_provider: provider ? [{ ...nothing, provider, cost: usd('1.500000000') }] : [] });
  const two = report({ series: [day('2026-11-20', 'openai'), day('2026-11-21', null)] });
  expect(seriesOf(two, 'cost', 'USD', (id) => id)[0]).toMatchObject({ values: [1.5, 0], texts: ['$1.50', '$0.00'] });
  const gap = { ...two, gaps: [{ provider: 'openai', from: '2026-11-21', to: '2026-11-21', cause: '' }] };
  expect(seriesOf(gap, 'cost', 'USD', (id) => id)[0]!.values).toEqual([1.5, null]);
});

it('knows a range that ends today, in UTC', () => {
  expect(endsToday(report({}), Date.parse('2026-11-21T23:59:59Z'))).toBe(true);
  expect(endsToday(report({}), Date.parse('2026-11-22T00:00:00Z'))).toBe(false);
});

it('has no heat map without hourly use', () => {
  expect(heatCells([])).toBeNull();
  const monday = { ...nothing, group: '1-03', name: '', provider: '', weekday: 1, hour: 3, requests: 8, cost_permille: 0 };
  expect(heatCells([monday])![0]![3]).toBe(8);
});

it('waits for first figures only until a source has answered once', () => {
  expect(nothingArrived(report({}))).toBe(true);
  expect(nothingArrived(report({ totals: { ...nothing, requests: 3 } }))).toBe(false);
});
