import { describe, expect, it } from 'vitest';
import { aboutTerms, draftOf, headline, price, rows, termsOf, tierFrom, typedPrice, type Plan } from './plan';

const plan = (over: Partial<Plan>): Plan =>
  ({ name: 'Studio', description: '', currency: 'USD', monthly_price: '20.000000000', price_by_hand: false, trial_days: 0, charges: [], limits: [], ...over }) as Plan;
const tiered = plan({
  trial_days: 14,
  charges: [
    { metric: 'requests', included: 1000, tiers: [{ from: 1, up_to: 500, unit_price: '0.010000000' }, { from: 501, up_to: null, unit_price: '0.001250000' }] },
    { metric: 'rentals', included: 0, tiers: [] }
  ],
  limits: [{ metric: 'rentals', window: 'day', amount: 1 }]
});

it('a price has every decimal that it has, and no cents where it has none', () => {
  expect(['20.000000000', '1.500000000', '0.001250000', '0.000000001'].map((each) => price(each, 'USD'))).toEqual(['$20', '$1.50', '$0.00125', '$0.000000001']);
});

describe('the figure of a card', () => {
  const pays = [{ metric: 'rentals' as const, included: 0, tiers: [{ from: 1, up_to: null, unit_price: '2.000000000' }] }];
  it.each([
    ['a monthly price', {}, '$20', 'a month'],
    ['a price by hand', { price_by_hand: true }, 'By agreement', ''],
    ['only what is used', { monthly_price: '0.000000000', charges: pays }, '$2', 'a rental'],
    ['nothing', { monthly_price: '0.000000000' }, 'Free', '']
  ])('%s', (_, over, value, per) => expect(headline(plan(over))).toEqual({ value, per }));
});

it('a card lists what is included, what is beyond, limits and the trial', () => {
  expect(rows(tiered)).toEqual([
    { name: 'Included', lines: ['1,000 requests a month'] },
    { name: 'Beyond', lines: ['$0.01 a request, 1 to 500', '$0.00125 a request, from 501 on', 'Rentals have no price'] },
    { name: 'Limits of a key', lines: ['1 rental a day'] },
    { name: 'Trial', lines: ['14 days free of charge'] }
  ]);
  expect(rows(plan({})).map((each) => each.lines)).toEqual([['All requests', 'All rentals'], ['Nothing is charged'], ['None']]);
});

describe('what is typed', () => {
  it('is what the plan says until it is changed', () => {
    expect(termsOf(draftOf(tiered))).toEqual({
      terms: {
        currency: 'USD',
        monthly_price: '20',
        price_by_hand: false,
        trial_days: 14,
        charges: [
          { metric: 'requests', included: 1000, tiers: [{ from: 1, up_to: 500, unit_price: '0.01' }, { from: 501, up_to: null, unit_price: '0.00125' }] },
          { metric: 'rentals', included: 0, tiers: [] }
        ],
        limits: tiered.limits
      }
    });
  });
  it('may be a price as it is written elsewhere', () => {
    expect(['1,50', ' 1 000.5 ', '', 'ten'].map(typedPrice)).toEqual(['1.50', '1000.5', '0', 'ten']);
  });
  it('begins each tier after the one before', () => {
    expect([0, 1, 2].map((at) => tierFrom([{ up_to: '100' }, { up_to: 'x' }], at))).toEqual([1, 101, null]);
  });
  it.each([
    ['requests.included', (draft: ReturnType<typeof draftOf>) => (draft.charges.requests.included = 'many')],
    ['requests.0.up_to', (draft: ReturnType<typeof draftOf>) => (draft.charges.requests.tiers[0]!.up_to = '')],
    ['requests.1.unit_price', (draft: ReturnType<typeof draftOf>) => (draft.charges.requests.tiers[1]!.unit_price = ' ')],
    ['trial_days', (draft: ReturnType<typeof draftOf>) => (draft.trial_days = '-1')],
    ['rentals.day', (draft: ReturnType<typeof draftOf>) => (draft.limits['rentals.day'] = 'few')]
  ])('names the field %s when it is wrong', (field, spoil) => {
    const draft = draftOf(tiered);
    spoil(draft);
    expect(termsOf(draft)).toMatchObject({ problem: { field } });
  });
});

it('a refusal of the server is about the field it was typed into', () => {
  const read = termsOf(draftOf(tiered));
  const about = (field?: string) => 'terms' in read && aboutTerms({ status: 400, code: 'x', detail: '', field }, read.terms).field;
  expect(['charges[0].tiers[1].from', 'charges[0].tiers[1].unit_price', 'charges[1].included', 'limits[0].amount', 'monthly_price', undefined].map(about)).toEqual([
    'requests.0.up_to',
    'requests.1.unit_price',
    'rentals.included',
    'rentals.day',
    'monthly_price',
    undefined
  ]);
});
