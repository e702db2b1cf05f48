import { describe, expect, it } from 'vitest';
import { aboutLimit, limitId, limitName, LIMITS, limitText, readLimits } from '../limits';
import { outcomeSeries, outcomeSums, readWords, share, successRate, told, usedShare, useTone, type CustomerKey, type Outcomes, type Stats } from './calls';

const day = (name: string, parts: Partial<Outcomes['days'][number]>) => ({ day: name, success: 0, rate_limited: 0, error: 0, unknown_or_revoked: 0, other_refused: 0, total: 0, ...parts });
const part = (status: string, calls: number) => ({ status, action: null, calls, share: 0 }) as Outcomes['data'][number];
const report = (data: Outcomes['data'], days: Outcomes['days']): Outcomes => ({ from: '2026-11-20', to: '2026-11-21', timezone: 'UTC', total: 0, success_share: null, data, days });

describe('calls by outcome', () => {
  const two = report([part('success', 12_400), part('key_expired', 2), part('ip_not_allowed', 1)], [day('2026-11-20', { success: 12_000, other_refused: 3 }), day('2026-11-21', { success: 400 })]);
  it('has a series for each outcome that there is, in the order it is stacked', () => {
    expect(outcomeSeries(two).map((each) => [each.id, each.values, each.texts])).toEqual([
      ['success', [12_000, 400], ['12,000', '400']],
      ['other_refused', [3, 0], ['3', '0']]
    ]);
  });
  it('says the sum of an outcome only where the server does', () => {
    expect(outcomeSums(two)).toEqual({ success: '12.4K' });
  });
  it('has no series where nothing was called', () => {
    expect(outcomeSeries(report([], [day('2026-11-21', {})]))).toEqual([]);
  });
});

describe('limits', () => {
  it('can be set for each metric and window once, and at once for rentals only', () => {
    expect(new Set(LIMITS.map(limitId)).size).toBe(11);
    expect(LIMITS.map(limitName)).toContain('Rentals at once');
    expect(LIMITS.map(limitId)).not.toContain('requests.at_once');
  });
  it('are read from what is typed: nothing and 0 are no limit', () => {
    expect(readLimits({ 'requests.day': ' 500 ', 'rentals.day': '', 'rentals.at_once': '0' })).toEqual({ limits: [{ metric: 'requests', window: 'day', amount: 500 }] });
    expect(readLimits({ 'requests.day': '5', 'rentals.month': 'many' })).toEqual({ wrong: 'rentals.month' });
    expect(readLimits({ 'requests.day': '-1' })).toEqual({ wrong: 'requests.day' });
  });
  it('that are refused are named by their field', () => {
    const limits = [{ metric: 'requests', window: 'day', amount: 1 }, { metric: 'rentals', window: 'month', amount: 9 }] as const;
    const refusal = (field?: string) => aboutLimit({ status: 400, code: 'out_of_range', detail: '', field }, [...limits]).field;
    expect([refusal('limits[1].amount'), refusal('limits[7]'), refusal('notes'), refusal()]).toEqual(['rentals.month', 'limits[7]', 'notes', undefined]);
  });
  it('turn the bar orange from 90 per cent', () => {
    const used = (used_today: number, limit_today: number | null) => usedShare({ used_today, limit_today } as CustomerKey);
    expect([used(45, 50), used(0, 50), used(7, null)]).toEqual([900, 0, null]);
    expect([useTone(899), useTone(900)]).toEqual(['plain', 'warn']);
  });
});

it('tells a call in words', () => {
  const line = (over: object) => told({ action: 'rent', status: 'success', website: 'Sitescope', account_username: 'team', resource: '', http_status: 200, ...over } as never);
  expect(line({})).toEqual({ did: 'rented', what: 'Sitescope, team' });
  expect(line({ action: 'draw', website: null, account_username: null, resource: 'map/7' })).toEqual({ did: 'called draw', what: 'map/7' });
  expect(line({ status: 'error', http_status: 404, account_username: null })).toEqual({ did: 'called rent in vain (404)', what: 'Sitescope' });
  expect(line({ status: 'rate_limited' }).did).toBe('was refused: rate limited');
});

it('does not know a rate without calls', () => {
  const rate = (total_requests: number, success_rate: string) => successRate({ total_requests, success_rate } as Stats);
  expect([rate(0, '0.0'), rate(10, '0.0'), rate(1000, '98.5')]).toEqual(['–', '0.0%', '98.5%']);
  expect([share(null), share(96)]).toEqual(['–', '9.6%']);
});

it('takes words as they are typed', () => {
  expect(readWords(' 192.0.2.0/24,\n 2001:db8::1 ')).toEqual(['192.0.2.0/24', '2001:db8::1']);
});
