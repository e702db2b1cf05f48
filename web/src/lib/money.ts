/**
 * Money on the page. The API sends decimal text; `Intl.NumberFormat` prints that text exactly. Nothing here adds, and no
 * float ever becomes an amount: `place()` gives a float for the length of a bar, and for nothing else.
 */
export interface Money {
  amount: string;
  currency: string;
}

type Options = Intl.NumberFormatOptions;
const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, options: Options): Intl.NumberFormat {
  const name = currency + JSON.stringify(options);
  let made = formats.get(name);
  if (!made) {
    // "$" for the dollar most people mean; every other currency by the sign that nothing else has.
    const currencyDisplay = currency === 'USD' ? 'narrowSymbol' : 'symbol';
    made = new Intl.NumberFormat(undefined, { style: 'currency', currency, currencyDisplay, ...options });
    formats.set(name, made);
  }
  return made;
}

// The library types still lack decimal text, which browsers have taken since 2022.
const print = (made: Intl.NumberFormat, amount: string) => made.format(amount as unknown as number);

/** Whether the decimal text is zero, however many decimals it has. */
export const isZero = (amount: string) => /^-?0*(\.0*)?$/.test(amount);

/** Two decimals (as the currency has); two significant digits below one cent, so that little is not nothing. */
export function money({ amount, currency }: Money): string {
  const tiny = /^-?0*\.00/.test(amount) && !isZero(amount);
  return print(format(currency, tiny ? { maximumSignificantDigits: 2 } : {}), amount);
}

/** Every decimal the ledger has, for the hover. */
export function exactMoney({ amount, currency }: Money): string {
  return print(format(currency, { minimumFractionDigits: 2, maximumFractionDigits: 9 }), amount);
}

/** For an axis: round amounts, without cents from ten on. */
export function axisMoney(value: number, currency: string): string {
  const whole = value === 0 || Math.abs(value) >= 10;
  return format(currency, whole ? { maximumFractionDigits: 0 } : {}).format(value);
}

/** The amount of one currency out of several; null when there is none of it. */
export function inCurrency<T extends Money>(amounts: T[], currency: string): T | null {
  return amounts.find((each) => each.currency === currency) ?? null;
}

/** A float to place something by; never to print. */
export const place = (amount: string) => Number(amount);

/** What a person typed, as decimal text the API takes; null when it is no amount above zero. */
export function typedAmount(text: string): string | null {
  const plain = text.trim().replace(/[\s_']/g, '').replace(/^(\d+),(\d{1,9})$/, '$1.$2');
  return /^\d{1,12}(\.\d{1,9})?$/.test(plain) && !isZero(plain) ? plain : null;
}
