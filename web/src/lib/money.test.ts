import { describe, expect, it } from 'vitest';
import { axisMoney, exactMoney, inCurrency, isZero, money, typedAmount } from './money';

const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('money', () => {
  it('prints decimal text that no float could hold', () => {
    expect(exactMoney(usd('9007199254740993.123456789'))).toBe('$9,007,199,254,740,993.123456789');
  });
  it('rounds half away from zero, on the text', () => {
    expect(money(usd('1.005000000'))).toBe('$1.01'); // as a float this is 1.00499...
    expect(money(usd('1049.000000000'))).toBe('$1,049.00');
  });
  it('does not show little as nothing', () => {
    expect(money(usd('0.001234000'))).toBe('$0.0012');
    expect(money(usd('0.000000000'))).toBe('$0.00');
    expect(money(usd('-0.004000000'))).toBe('-$0.004');
  });
  it('tells currencies apart', () => {
    expect(money({ amount: '3.500000000', currency: 'EUR' })).toBe('€3.50');
    expect(money({ amount: '3.500000000', currency: 'CAD' })).toContain('CA$');
  });
  it('leaves out cents on an axis from ten on', () => {
    expect([axisMoney(0, 'USD'), axisMoney(5, 'USD'), axisMoney(80, 'USD')]).toEqual(['$0', '$5.00', '$80']);
  });
});

it('knows zero in any spelling', () => {
  expect(['0', '0.000000000', '-0.0', '00'].every(isZero)).toBe(true);
  expect(isZero('0.000000001')).toBe(false);
});

it('finds the amount of a currency, or null', () => {
  expect(inCurrency([usd('1.0')], 'USD')?.amount).toBe('1.0');
  expect(inCurrency([usd('1.0')], 'EUR')).toBeNull();
});

it('takes amounts as people type them', () => {
  expect([' 1 200.50 ', '12,5', '500'].map(typedAmount)).toEqual(['1200.50', '12.5', '500']);
  expect(['0', '', '-5', '1e3', '1.1234567891', 'ten'].map(typedAmount)).toEqual([null, null, null, null, null, null]);
});
