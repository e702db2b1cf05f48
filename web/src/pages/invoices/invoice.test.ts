import { describe, expect, it } from 'vitest';
import { blocked, day, dayOf, lacks, plain, told, unpricedText, type Line } from './invoice';

const step = (more: Partial<Line['steps'][number]>) => ({ kind: 'tier', quantity: 14, of_days: null, unit_price: '1.500000000', amount: { amount: '21.000000000', currency: 'USD' }, ...more }) as Line['steps'][number];
const line = (...steps: Line['steps']) => ({ steps }) as Line;

describe('steps', () => {
  it('says what is charged by the unit, and whether more was included', () => {
    const tier = step({});
    expect(told(tier, line(tier))).toEqual({ text: 'Charged by the unit', quantity: '14', price: '$1.50', amount: '$21.00' });
    expect(told(tier, line(step({ kind: 'included' }), tier)).text).toBe('Beyond what is included');
  });
  it('prints every decimal of a micro-price, and of what it comes to', () => {
    const tier = step({ quantity: 7, unit_price: '0.000000250', amount: { amount: '0.000001750', currency: 'USD' } });
    expect(told(tier, line(tier))).toMatchObject({ price: '$0.00000025', amount: '$0.00000175' });
  });
  it('names no price and no amount where there is none', () => {
    for (const kind of ['covered', 'included', 'trial', 'unpriced'] as const) expect(told(step({ kind }), line())).toMatchObject({ price: '', amount: '' });
  });
  it('counts days of a month, and rounds what they come to', () => {
    const days = step({ kind: 'days', quantity: 23, of_days: 31, unit_price: '20.000000000', amount: { amount: '14.838709677', currency: 'USD' } });
    expect(told(days, line(days))).toEqual({ text: 'Of the monthly price', quantity: '23 of 31 days', price: '$20.00', amount: '$14.84' });
  });
  it('leaves out on paper what the line says already', () => {
    expect(plain(line(step({ kind: 'days', quantity: 31, of_days: 31 })))).toBe(true);
    expect(plain(line(step({ kind: 'days', quantity: 15, of_days: 31 })))).toBe(false);
    expect(plain(line(step({ kind: 'covered' })))).toBe(true);
    expect(plain(line(step({ kind: 'included' }), step({})))).toBe(false);
  });
});

it('what is missing: some stands in the way, the rest is told before', () => {
  expect(blocked({ missing: ['seller_name'] })).toBe(false);
  expect(blocked({ missing: ['seller_name', 'period_not_over'] })).toBe(true);
  expect(lacks({ missing: ['earlier_draft', 'seller_address', 'unpriced_usage'] })).toBe('your address and a price for some of its usage');
  expect(lacks({ missing: [] })).toBe('');
  expect(unpricedText({ unpriced: { requests: 1204, rentals: 1 } })).toBe('1,204 requests and 1 rental');
  expect(unpricedText({ unpriced: { requests: 0, rentals: 0 } })).toBe('');
});

it('a day is that of the zone, also at its first instant', () => {
  expect(dayOf('2026-10-31T23:00:00Z', 'Europe/Berlin')).toBe('2026-11-01');
  expect(dayOf('2026-10-31T22:59:59Z', 'Europe/Berlin')).toBe('2026-10-31');
  expect(day('2026-11-24T09:12:00Z', 'UTC')).toMatch(/24/);
});
