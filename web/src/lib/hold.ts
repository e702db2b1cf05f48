/**
 * Rows never move while focus or pointer is in the table: what is shown keeps its order and takes the new values, and
 * `fresh` tells how many rows wait. Pure.
 */
export function holdRows<T>(shown: T[], latest: T[], key: (row: T) => string | number): { rows: T[]; fresh: number } {
  const byKey = new Map(latest.map((row) => [key(row), row]));
  const rows = shown.map((row) => byKey.get(key(row)) ?? row);
  const known = new Set(shown.map(key));
  return { rows, fresh: latest.filter((row) => !known.has(key(row))).length };
}
