import { describe, expect, it } from 'vitest';
import { labelIndices, level, niceTicks, sparkline } from './scale';

describe('niceTicks', () => {
  it('covers the maximum with at most five round ticks', () => {
    expect(niceTicks(67)).toEqual([0, 20, 40, 60, 80]);
    expect(niceTicks(100)).toEqual([0, 25, 50, 75, 100]);
    expect(niceTicks(0.0042)).toEqual([0, 0.002, 0.004, 0.006]);
  });
  it('has an axis for an empty chart', () => expect(niceTicks(0)).toEqual([0, 1]));
});

it('labels the newest bucket', () => {
  expect(labelIndices(30, 6)).toEqual([4, 9, 14, 19, 24, 29]);
  expect(labelIndices(1, 0)).toEqual([0]);
});

it('keeps zero apart from the ramp', () => {
  expect([0, 0.1, 6].map((value) => level(value, 6, 6))).toEqual([0, 1, 6]);
});

describe('sparkline', () => {
  it('leaves a gap where nothing is known', () => {
    expect(sparkline([1, null, 2], 10, 10).path.match(/M/g)).toHaveLength(2);
  });
  it('draws nothing of nothing', () => expect(sparkline([null], 10, 10)).toEqual({ path: '', end: null }));
});
