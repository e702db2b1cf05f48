/** Where things stand in a chart. Pure; floats are fine here, since they only place. */

/** Round tick values from 0 to at least `max`, at most `most` + 1 of them; the last is the top of the axis. */
export function niceTicks(max: number, most = 4): number[] {
  if (!(max > 0)) return [0, 1];
  const raw = max / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.999)!;
  const ticks = [0];
  while (ticks.at(-1)! < max * 0.999) ticks.push(+(step * ticks.length).toPrecision(12));
  return ticks;
}

/** Which of `count` buckets get a label when `room` fit; the newest always does. */
export function labelIndices(count: number, room: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(1, room)));
  const indices: number[] = [];
  for (let i = count - 1; i >= 0; i -= step) indices.unshift(i);
  return indices;
}

/** 0 for nothing, else 1 to `levels` in equal steps, so that a peak looks like a peak. */
export const level = (value: number, max: number, levels: number) =>
  value <= 0 || max <= 0 ? 0 : Math.min(levels, 1 + Math.floor((value / max) * levels * 0.9999));

/** The points of a small line in a box, as an SVG path, and where it ends; unknown values leave a gap. */
export function sparkline(values: (number | null)[], width: number, height: number) {
  const known = values.filter((value) => value !== null);
  const max = Math.max(...known, 0);
  const min = Math.min(...known, 0);
  const x = (i: number) => 2 + (i / Math.max(1, values.length - 1)) * (width - 4);
  const y = (value: number) => height - 3 - ((value - min) / (max - min || 1)) * (height - 6);
  let path = '';
  let end: { x: number; y: number } | null = null;
  values.forEach((value, i) => {
    if (value === null) return;
    path += `${i > 0 && values[i - 1] !== null ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    end = { x: x(i), y: y(value) };
  });
  return { path, end: end as { x: number; y: number } | null };
}
