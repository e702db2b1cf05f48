import { describe, expect, it } from 'vitest';
import { addDays, ago, clock, compact, count, dayBegins, dayEnds, dayLong, dayRange, dayShort, duration, exactTime, figure, lastDay, left, maskParts, moment, monthName, permille, plural, share, took } from './format';

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
  it('writes months as well, which have no day', () => {
    expect([dayShort('2026-11'), dayLong('2026-11'), monthName('2026-11')]).toEqual(['Nov', 'November 2026', 'November']);
    expect([dayShort('2026-11-21'), dayLong('2026-11-21')]).toEqual([expect.stringMatching(/21/), expect.stringMatching(/Sat.*21/)]);
  });
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
  it('has seconds in a log, and the day where it is not today', () => {
    expect(moment('2026-11-21T20:14:05Z', 'UTC', NOW)).toBe('20:14:05');
    expect(moment('2026-11-21T23:30:00Z', 'Europe/Berlin', NOW)).toMatch(/22.*00:30:00/);
  });
  it('says how long a call took with three digits', () => {
    expect([took(0), took(0.363), took(240.4), took(999), took(1240)]).toEqual(['0 ms', '0.363 ms', '240 ms', '999 ms', '1.24 s']);
  });
  it('says durations in the largest whole unit', () => {
    expect([duration(900), duration(7200), duration(90)]).toEqual(['15 minutes', '2 hours', '90 seconds']);
  });
});

describe('what is left', () => {
  it('is in minutes, and in seconds in the last two', () => {
    expect([left(-5), left(0), left(1), left(120_000), left(120_001), left(38 * 60_000)]).toEqual(['0 sec', '0 sec', '1 sec', '120 sec', '3 min', '38 min']);
  });
  it('has hours from two on', () => {
    expect([left(119 * 60_000), left(120 * 60_000), left(200 * 60_000)]).toEqual(['119 min', '2 hr', '3 hr 20 min']);
  });
});

it('knows when a day begins in a zone, also where the clocks change', () => {
  expect(dayBegins('2026-11-21', 'UTC')).toBe('2026-11-21T00:00:00.000Z');
  expect(dayBegins('2026-11-21', 'Europe/Berlin')).toBe('2026-11-20T23:00:00.000Z');
  expect([dayBegins('2026-10-25', 'Europe/Berlin'), dayBegins('2026-10-26', 'Europe/Berlin')]).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
  expect(dayBegins('2026-11-21', 'America/Los_Angeles')).toBe('2026-11-21T08:00:00.000Z');
  expect(dayBegins('2026-11-21', 'Pacific/Auckland')).toBe('2026-11-20T11:00:00.000Z');
});

it('knows the last day before an instant, and when that is over', () => {
  expect(dayEnds('2026-10-25', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z');
  expect([lastDay('2026-10-25T23:00:00Z', 'Europe/Berlin'), lastDay('2026-10-25T23:00:01Z', 'Europe/Berlin'), lastDay('2032-01-01T00:00:00Z', 'UTC')]).toEqual(['2026-10-25', '2026-10-26', '2031-12-31']);
});

it('takes a mask apart', () => {
  expect(maskParts('sk-proj-...abcd')).toEqual({ head: 'sk-proj-', tail: 'abcd' });
  expect(maskParts('odd')).toEqual({ head: 'odd', tail: '' });
});
