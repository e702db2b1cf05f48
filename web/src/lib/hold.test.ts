import { expect, it } from 'vitest';
import { holdRows } from './hold';

it('keeps the order, takes the values, and counts what is new', () => {
  const shown = [{ id: 1, n: 1 }, { id: 2, n: 2 }];
  const latest = [{ id: 3, n: 9 }, { id: 2, n: 5 }, { id: 1, n: 1 }];
  expect(holdRows(shown, latest, (row) => row.id)).toEqual({ rows: [{ id: 1, n: 1 }, { id: 2, n: 5 }], fresh: 1 });
});

it('keeps a row that is gone until the table is left', () => {
  expect(holdRows([{ id: 1 }], [], (row) => row.id)).toEqual({ rows: [{ id: 1 }], fresh: 0 });
});
