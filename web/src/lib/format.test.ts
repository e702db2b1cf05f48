import { describe, expect, it } from 'vitest';
import { addDays, ago, clock, compact, count, dayRange, duration, exactTime, figure, maskParts, permille, plural, share } from './format';

const NOW = Date.parse('2026-11-21T20:14:00Z');

describe('numbers', () => {
  it('shows what is not known as a dash and zero as zero', () => {
    expect([count(null), count(0), compact(undefined)]).toEqual(['–', '0', '–']);
  });
  it('shortens figures from a hundred thousand on', () => {
    expect([figure(99_999), figure(326_900)]).toEqual(['99,999', '326.9K']);
  });
  it('writes per mille as per cent', () => {
    expect([permille(55), share(513)]).toEqual(['5.5%', '51%']);
  });
  it('counts things', () => {
    expect([plural(1, 'key'), plural(1000, 'key'), plural(0, 'entry', 'entries')]).toEqual(['1 key', '1,000 keys', '0 entries']);
  });
});

describe('days', () => {
  it('names the year only when it is another one', () => {
    expect(dayRange('2026-10-23', '2026-11-21', '2026-11-21')).not.toContain('2026');
    expect(dayRange('2025-12-30', '2026-01-02', '2026-11-21')).toContain('2025');
  });
  it('crosses months and years', () => {
    expect([addDays('2026-03-01', -1), addDays('2026-12-31', 1)]).toEqual(['2026-02-28', '2027-01-01']);
  });
});

describe('times', () => {
  it('is relative up to a week', () => {
    const at = (seconds: number) => ago(new Date(NOW - seconds * 1000).toISOString(), NOW);
    expect([at(10), at(60), at(7200), at(2 * 86_400)]).toEqual(['now', '1m ago', '2h ago', '2d ago']);
    expect(at(8 * 86_400)).toBeNull();
  });
  it('shows the zone that is set, and UTC beside it', () => {
    expect(clock('2026-11-21T20:14:00Z', 'Europe/Berlin')).toBe('21:14');
    expect(exactTime('2026-11-21T20:14:00Z', 'Europe/Berlin')).toMatch(/21:14:00.*\(.*20:14:00 UTC\)/);
    expect(exactTime('2026-11-21T20:14:00Z', 'UTC')).not.toContain('(');
  });
  it('says durations in the largest whole unit', () => {
    expect([duration(900), duration(7200), duration(90)]).toEqual(['15 minutes', '2 hours', '90 seconds']);
  });
});

it('takes a mask apart', () => {
  expect(maskParts('sk-proj-...abcd')).toEqual({ head: 'sk-proj-', tail: 'abcd' });
  expect(maskParts('odd')).toEqual({ head: 'odd', tail: '' });
});
