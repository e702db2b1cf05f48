/** Numbers, days and times as the reader's locale writes them. Pure: the time zone and the present come in. */
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 });
const percentageWhole = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });

/** Stands for what is not known. Zero is "0". */
export const UNKNOWN = '–';

export const count = (value: number | null | undefined) => (value == null ? UNKNOWN : whole.format(value));
export const compact = (value: number | null | undefined) => (value == null ? UNKNOWN : short.format(value));
/** A figure: whole up to 99,999, compact above. */
export const figure = (value: number | null | undefined) => (value != null && Math.abs(value) >= 100_000 ? compact(value) : count(value));
/** An average, which comes as decimal text, with one decimal where it is small. */
const oneDecimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
export const average = (text: string | null | undefined) => (text == null ? UNKNOWN : (text.length > 7 ? whole : oneDecimal).format(text as unknown as number));
/** 55 per mille is "5.5%". */
export const permille = (value: number) => percentage.format(value / 1000);
/** The same without decimals: shares. */
export const share = (value: number) => percentageWhole.format(value / 1000);
/** "8.3 MB"; the letters mean the same everywhere, unlike those of compact numbers. */
export function bytes(value: number): string {
  const step = Math.min(3, Math.max(0, Math.floor((String(Math.floor(value)).length - 1) / 3)));
  return `${oneDecimal.format(value / 1000 ** step)} ${['B', 'kB', 'MB', 'GB'][step]}`;
}

/** "1 key", "2 keys", "1,000 keys". */
export const plural = (value: number, one: string, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

const utc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' });
const dayFormat = utc({ day: 'numeric', month: 'short' });
const dayYearFormat = utc({ day: 'numeric', month: 'short', year: 'numeric' });
const weekdayFormat = utc({ weekday: 'short', day: 'numeric', month: 'short' });
const monthFormat = utc({ month: 'long' });
const monthShortFormat = utc({ month: 'short' });
const monthYearFormat = utc({ month: 'long', year: 'numeric' });

/** Days are "YYYY-MM-DD", months "YYYY-MM"; they belong to no time zone. */
const dateOf = (day: string) => new Date(`${day[7] ? day : `${day}-01`}T00:00:00Z`);
/** "21 Nov", "Sat, 21 Nov"; of a month, "YYYY-MM", "Nov" and "November 2026". */
export const dayShort = (day: string) => (day[7] ? dayFormat : monthShortFormat).format(dateOf(day));
export const dayLong = (day: string) => (day[7] ? weekdayFormat : monthYearFormat).format(dateOf(day));
/** "2026-11" is "November". */
export const monthName = (month: string) => monthFormat.format(dateOf(month));
/** "23 Oct – 21 Nov"; with years when they are not this one. */
export function dayRange(from: string, to: string, today: string): string {
  const made = from.slice(0, 4) === today.slice(0, 4) && to.slice(0, 4) === today.slice(0, 4) ? dayFormat : dayYearFormat;
  return from === to ? made.format(dateOf(from)) : made.formatRange(dateOf(from), dateOf(to));
}
export const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);
export const addDays = (day: string, days: number) => isoDay(dateOf(day).getTime() + days * 86_400_000);

const timeFormats = new Map<string, Intl.DateTimeFormat>();
function timeFormat(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = timeZone + JSON.stringify(options);
  if (!timeFormats.has(name)) timeFormats.set(name, new Intl.DateTimeFormat(undefined, { ...options, timeZone }));
  return timeFormats.get(name)!;
}
/** "20:14" */
export const clock = (time: string | number, zone: string) => timeFormat(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));
/** "21 Nov 2026, 20:14" */
export const dateTime = (time: string, zone: string) =>
  timeFormat(zone, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));
/** For a log: "20:14:05" of today, else "21 Nov, 20:14:05". */
export function moment(time: string, zone: string, now: number): string {
  const day = timeFormat(zone, { dateStyle: 'short' });
  const today = day.format(new Date(time)) === day.format(now);
  return timeFormat(zone, { ...(today ? {} : { day: 'numeric', month: 'short' }), hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(time));
}
/** For the hover: with seconds and zone, and in UTC where that is another one. */
export function exactTime(time: string, zone: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'long', hourCycle: 'h23' } as const;
  const here = timeFormat(zone, options).format(new Date(time));
  return zone === 'UTC' ? here : `${here} (${timeFormat('UTC', options).format(new Date(time))})`;
}

/** "2 hr ago" up to a week; null beyond, where a date says more. */
export function ago(time: string, now: number): string | null {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const away = Math.abs(seconds);
  if (away < 45) return relative.format(0, 'second');
  if (away < 3570) return relative.format(Math.round(seconds / 60), 'minute');
  if (away < 84_600) return relative.format(Math.round(seconds / 3600), 'hour');
  if (away < 7 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return null;
}

const unit = (name: string) => new Intl.NumberFormat(undefined, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 });
const [inHours, inMinutes, inSeconds] = [unit('hour'), unit('minute'), unit('second')];
/** What is left: "3 hr 20 min", "38 min", and seconds in the last two minutes. Rounded up, so that it is never less than it is. */
export function left(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 120) return inSeconds.format(seconds);
  if (minutes < 120) return inMinutes.format(minutes);
  return `${inHours.format(Math.floor(minutes / 60))}${minutes % 60 ? ` ${inMinutes.format(minutes % 60)}` : ''}`;
}

/** The instant at which a day begins in a zone, for questions that want times. */
export function dayBegins(day: string, zone: string): string {
  const asUtc = dateOf(day).getTime();
  const iso = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone }); // Swedish writes as ISO does
  const away = (at: number) => Date.parse(`${iso.format(at).replace(' ', 'T')}Z`) - at;
  const first = asUtc - away(asUtc);
  return new Date(asUtc - away(first)).toISOString();
}

/** The instant at which a day is over; and the last day that is wholly, or in part, before an instant. */
export const dayEnds = (day: string, zone: string) => dayBegins(addDays(day, 1), zone);
export const lastDay = (until: string, zone: string) => new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone: zone }).format(Date.parse(until) - 1);

const fine = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
/** "0.363 ms", "240 ms", "1.24 s". */
export const took = (milliseconds: number) => (milliseconds < 1000 ? `${fine.format(milliseconds)} ms` : `${fine.format(milliseconds / 1000)} s`);

/** "15 minutes", "2 hours", "90 seconds". */
export function duration(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return plural(seconds / 3600, 'hour');
  if (seconds > 0 && seconds % 60 === 0) return plural(seconds / 60, 'minute');
  return plural(seconds, 'second');
}

/** "valid_but_restricted" is "valid but restricted". */
export const words = (code: string) => code.replaceAll('_', ' ');

/** Of a mask the prefix gives way and the last four stay: {"sk-proj-", "abcd"}. */
export function maskParts(mask: string): { head: string; tail: string } {
  const at = mask.lastIndexOf('...');
  return at < 0 ? { head: mask, tail: '' } : { head: mask.slice(0, at), tail: mask.slice(at + 3) };
}
