import { describe, expect, it } from 'vitest';
import { endsToday, inOrder, nothingArrived, reading, seriesOf, type Report } from './figures';

const nothing = { cost: [], cost_per_thousand: [], requests: null, requests_partial: false, tokens: null, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cache_write_tokens: 0, images: 0, characters: 0, seconds: 0, searches: 0, credits: 0 };
const usd = (amount: string) => [{ amount, currency: 'USD', estimated: false }];
const report = (more: Partial<Report>) => ({ from: '2026-11-20', to: '2026-11-21', days: 2, totals: nothing, previous: null, series: [], gaps: [], sources: [], ...more }) as Report;

describe('a reading', () => {
  it('tells unknown from zero', () => {
    expect(reading(nothing, 'cost', 'USD')).toEqual({ value: null, text: '–' });
    expect(reading({ ...nothing, cost: usd('0.000000000') }, 'cost', 'USD')).toEqual({ value: 0, text: '$0.00' });
    expect(reading(nothing, 'requests', 'USD')).toEqual({ value: null, text: '–' });
  });
  it('has the sum of the server for tokens, and none of its own', () => {
    expect(reading({ ...nothing, input_tokens: 5, output_tokens: 2 }, 'tokens', 'USD')).toEqual({ value: null, text: '–' });
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
  const gap = { ...two, gaps: [{ provider: 'openai', organization: '', key_id: 1, from: '2026-11-21', to: '2026-11-21', cause: '' }] };
  expect(seriesOf(gap, 'cost', 'USD', (id) => id)[0]!.values).toEqual([1.5, null]);
});

it('knows a range that ends today, in UTC', () => {
  expect(endsToday(report({}), Date.parse('2026-11-21T23:59:59Z'))).toBe(true);
  expect(endsToday(report({}), Date.parse('2026-11-22T00:00:00Z'))).toBe(false);
});

it('waits for first figures only until a source has answered once', () => {
  expect(nothingArrived(report({}))).toBe(true);
  expect(nothingArrived(report({ totals: { ...nothing, requests: 3 } }))).toBe(false);
});
