// Plans, who has subscribed to which, and the limits that keys have by that.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asCustomer, customerKey, standing } from './lib/customers.mjs'
import { Server, serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

const PER_DAY = (amount) => [{ metric: 'requests', window: 'day', amount }]
const unique = (name) => `${name} ${Math.random().toString(36).slice(2)}`
const call = (key, at = server) => asCustomer(at, key, 'GET', '/api/stats/me')
const plan = (more = {}, at = server) => at.expect(201, 'POST', '/api/plans', { name: unique('plan'), monthly_price: '10', ...more })
const subscribe = (key, plan, more = {}, at = server) => at.expect(201, 'POST', '/api/subscriptions', { customer_id: key.customer_id, plan_id: plan.id, ...more })
const act = (subscription, word, body, at = server) => at.expect(200, 'POST', `/api/subscriptions/${subscription.id}/${word}`, body)

test('five example plans are there from the start', async (t) => {
  const fresh = await Server.start(t)
  const { data, next_cursor } = await fresh.expect(200, 'GET', '/api/plans')
  assert.equal(next_cursor, null)
  assert.deepEqual(data.map((each) => each.name), ['Basic', 'Pro', 'Enterprise', 'Pay per use', 'Subscription with overage'])
  assert.deepEqual(data.map((each) => each.price_by_hand), [false, false, true, false, false])
  assert.equal(data[0].monthly_price, '10.000000000')
  assert.deepEqual(data[0].limits.find((limit) => limit.metric === 'requests'), { metric: 'requests', window: 'day', amount: 100 })
  assert.equal(data[4].sentence, '$20 a month with 10 rentals, then $1.50 each')
  assert.deepEqual(data[4].charges, [{ metric: 'rentals', included: 10, tiers: [{ from: 1, up_to: null, unit_price: '1.500000000' }] }])
})

test('a plan is made, changed in versions, archived and restored', async () => {
  const name = unique('Studio')
  const body = { name, description: 'For studios', currency: 'eur', monthly_price: '19.90', trial_days: 14, charges: [{ metric: 'requests', included: 1000, tiers: [{ from: 1, up_to: 500, unit_price: '0.01' }, { from: 501, unit_price: '0.005' }] }], limits: PER_DAY(50) }
  const headers = { 'idempotency-key': name.replaceAll(' ', '-') }
  const answer = await server.call('POST', '/api/plans', { body, headers })
  assert.equal(answer.status, 201, answer.body)
  const made = answer.json
  assert.equal(answer.headers.location, `/api/plans/${made.id}`)
  assert.equal((await server.call('POST', '/api/plans', { body, headers })).body, answer.body, 'made once under an Idempotency-Key')
  assert.deepEqual([made.currency, made.monthly_price, made.version, made.subscribers, made.archived_at], ['EUR', '19.900000000', 1, 0, null])
  assert.match(made.sentence, /EUR 19\.90 a month/)

  const described = await server.expect(200, 'PUT', `/api/plans/${made.id}`, { description: 'For all' })
  assert.deepEqual([described.version, described.description, described.charges], [1, 'For all', made.charges], 'a description makes no version')
  const dearer = await server.expect(200, 'PUT', `/api/plans/${made.id}`, { monthly_price: '25', limits: [] })
  assert.deepEqual([dearer.version, dearer.monthly_price, dearer.limits, dearer.charges], [2, '25.000000000', [], made.charges])
  const { data } = await server.expect(200, 'GET', `/api/plans/${made.id}/versions`)
  assert.deepEqual(data.map((each) => [each.version, each.monthly_price]), [[2, '25.000000000'], [1, '19.900000000']])
  assert.deepEqual(data[1].limits, PER_DAY(50))

  const listed = async (query = '') => (await server.expect(200, 'GET', `/api/plans?q=${encodeURIComponent(name.toUpperCase())}${query}`)).data.map((each) => each.id)
  assert.deepEqual(await listed(), [made.id])
  assert.ok((await server.expect(200, 'POST', `/api/plans/${made.id}/archive`)).archived_at)
  assert.deepEqual([await listed(), await listed('&archived=true')], [[], [made.id]])
  assert.equal((await server.expect(200, 'POST', `/api/plans/${made.id}/restore`)).archived_at, null)
  assert.deepEqual(await listed(), [made.id])
})

test('terms read as a customer would read them, before anything is kept', async () => {
  const before = (await server.expect(200, 'GET', '/api/plans?limit=500')).data.length
  const read = (body) => server.expect(200, 'POST', '/api/plans/preview', body)
  assert.deepEqual(await read({ monthly_price: '20', charges: [{ metric: 'rentals', included: 10, tiers: [{ from: 1, unit_price: '1.50' }] }] }), { sentence: '$20 a month with 10 rentals, then $1.50 each' })
  assert.deepEqual(await read({}), { sentence: 'Free of charge' })
  await server.refused(400, 'tier_gap', 'POST', '/api/plans/preview', { charges: [{ metric: 'rentals', tiers: [{ from: 2, unit_price: '1' }] }] }, { field: 'charges[0].tiers[0].from' })
  await server.refused(400, 'unknown_field', 'POST', '/api/plans/preview', { name: 'x' }, { field: 'name' })
  assert.equal((await server.expect(200, 'GET', '/api/plans?limit=500')).data.length, before)
})

test('plans and subscriptions come page by page', async () => {
  const made = [await plan(), await plan(), await plan()]
  for (const each of made) await subscribe(await customerKey(server), each)
  for (const path of ['/api/plans', '/api/subscriptions']) {
    const whole = (await server.expect(200, 'GET', `${path}?limit=500`)).data.map((each) => each.id)
    const seen = []
    for (let cursor = ''; cursor !== null;) {
      const page = await server.expect(200, 'GET', `${path}?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      seen.push(...page.data.map((each) => each.id))
      cursor = page.next_cursor
    }
    assert.deepEqual(seen, whole, path)
  }
  await server.refused(400, 'malformed_cursor', 'GET', '/api/plans?cursor=nonsense')
  const { data } = await server.expect(200, 'GET', `/api/subscriptions?plan_id=${made[1].id}`)
  assert.deepEqual(data.map((each) => each.plan_id), [made[1].id])
})

test('the limits of the plan hold from the next call on, and the own ones come back when it ends', async () => {
  const [small, large] = [await plan({ limits: PER_DAY(1) }), await plan({ limits: PER_DAY(3) })]
  const key = await customerKey(server, { rate_limit: 5 })
  const subscription = await subscribe(key, small)
  assert.deepEqual([subscription.status, subscription.plan_name, subscription.next_change], ['active', small.name, null])
  assert.equal((await call(key)).status, 200)
  const full = await call(key)
  assert.deepEqual([full.status, full.json.code], [429, 'limit_exceeded'])
  assert.deepEqual((({ amount, used, remaining }) => [amount, used, remaining])(await standing(server, key)), [1, 1, 0])

  const changed = await act(subscription, 'change', { plan_id: large.id })
  assert.equal(changed.plan_id, large.id)
  assert.deepEqual([(await call(key)).status, (await call(key)).status, (await call(key)).status], [200, 200, 429], 'what was used already counts')
  await server.refused(409, 'same_plan', 'POST', `/api/subscriptions/${subscription.id}/change`, { plan_id: large.id }, { field: 'plan_id' })

  const planned = await act(subscription, 'change', { plan_id: small.id, when: 'period_end' })
  assert.deepEqual([planned.plan_id, planned.next_change.plan_id, planned.next_change.from], [large.id, small.id, planned.period_until])
  assert.equal((await act(subscription, 'change', { plan_id: large.id })).next_change, null, 'what was planned is taken back')

  const ending = await act(subscription, 'cancel')
  assert.deepEqual([ending.status, ending.ends], ['ending', ending.period_until])
  assert.equal((await act(subscription, 'resume')).ends, null)
  await server.refused(409, 'not_cancelled', 'POST', `/api/subscriptions/${subscription.id}/resume`)
  assert.equal((await act(subscription, 'cancel', { when: 'now' })).status, 'ended')
  assert.deepEqual([(await call(key)).status, (await call(key)).status, (await call(key)).status], [200, 200, 429], "the key's own limit is 5 a day")
  for (const [word, body] of [['cancel', undefined], ['resume', undefined], ['change', { plan_id: small.id }]]) await server.refused(409, 'subscription_ended', 'POST', `/api/subscriptions/${subscription.id}/${word}`, body)
})

test('a key that is made while its customer is subscribed has the limits of the plan', async () => {
  const first = await customerKey(server, { rate_limit: 0 })
  await subscribe(first, await plan({ limits: PER_DAY(2) }))
  const second = await customerKey(server, { rate_limit: 0, customer_id: first.customer_id })
  assert.deepEqual([(await call(second)).status, (await call(second)).status, (await call(second)).status], [200, 200, 429])
  assert.equal((await call(first)).status, 200, 'limits are those of each key')
})

test('a restart keeps plans, subscriptions and limits', async (t) => {
  const before = await Server.start(t)
  const key = await customerKey(before, { rate_limit: 0 })
  const subscription = await subscribe(key, await plan({ limits: PER_DAY(1) }, before), {}, before)
  assert.equal((await call(key, before)).status, 200)
  await before.stop()
  const later = await before.again(t)
  assert.deepEqual(await later.expect(200, 'GET', `/api/subscriptions/${subscription.id}`), subscription)
  assert.equal((await call(key, later)).status, 429)
  await act(subscription, 'cancel', { when: 'now' }, later)
  assert.equal((await call(key, later)).status, 200)
})

test('what is wrong with a plan names the field', async () => {
  const tiers = (...tiers) => ({ charges: [{ metric: 'rentals', tiers }] })
  const cases = [
    ['missing_field', 'name', { name: undefined }],
    ['missing_name', 'name', { name: ' ' }],
    ['too_long', 'name', { name: 'x'.repeat(201) }],
    ['control_characters', 'name', { name: 'a\u0007' }],
    ['unknown_field', 'price', { price: '1' }],
    ['wrong_type', 'monthly_price', { monthly_price: 10 }],
    ['invalid_amount', 'monthly_price', { monthly_price: 'ten' }],
    ['invalid_amount', 'monthly_price', { monthly_price: '0.0000000001' }],
    ['out_of_range', 'monthly_price', { monthly_price: '-1' }],
    ['out_of_range', 'monthly_price', { monthly_price: '1000000.01' }],
    ['invalid_amount', 'currency', { currency: 'euro' }],
    ['out_of_range', 'trial_days', { trial_days: 366 }],
    ['unknown_value', 'charges[0].metric', { charges: [{ metric: 'calls' }] }],
    ['out_of_range', 'charges[0].included', { charges: [{ metric: 'rentals', included: -1 }] }],
    ['duplicate_charge', 'charges[1].metric', { charges: [{ metric: 'rentals' }, { metric: 'rentals' }] }],
    ['invalid_amount', 'charges[0].tiers[0].unit_price', tiers({ from: 1, unit_price: '' })],
    ['out_of_range', 'charges[0].tiers[0].unit_price', tiers({ from: 1, unit_price: '-0.5' })],
    ['tier_gap', 'charges[0].tiers[0].from', tiers({ from: 2, unit_price: '1' })],
    ['tier_gap', 'charges[0].tiers[1].from', tiers({ from: 1, up_to: 5, unit_price: '1' }, { from: 7, unit_price: '1' })],
    ['tier_overlap', 'charges[0].tiers[1].from', tiers({ from: 1, up_to: 5, unit_price: '1' }, { from: 5, unit_price: '1' })],
    ['tier_open', 'charges[0].tiers[0].up_to', tiers({ from: 1, up_to: 5, unit_price: '1' })],
    ['tier_open', 'charges[0].tiers[0].up_to', tiers({ from: 1, unit_price: '1' }, { from: 2, unit_price: '1' })],
    ['duplicate_limit', 'limits[1]', { limits: [...PER_DAY(1), ...PER_DAY(2)] }],
    ['out_of_range', 'limits[0].amount', { limits: PER_DAY(0) }]
  ]
  for (const [code, field, more] of cases) await server.refused(400, code, 'POST', '/api/plans', { name: unique('bad'), ...more }, { field })
  const made = await plan()
  await server.refused(409, 'duplicate_plan', 'POST', '/api/plans', { name: made.name.toUpperCase() }, { field: 'name' })
  await server.refused(400, 'tier_gap', 'PUT', `/api/plans/${made.id}`, tiers({ from: 2, unit_price: '1' }))
  await server.refused(400, 'unknown_value', 'GET', '/api/plans?archived=maybe', undefined, { field: 'archived' })
  for (const [method, path] of [['GET', ''], ['PUT', ''], ['GET', '/versions'], ['POST', '/archive'], ['POST', '/restore']]) await server.refused(404, 'unknown_plan', method, `/api/plans/999${path}`, method === 'PUT' ? {} : undefined)
  await subscribe(await customerKey(server), made)
  await server.refused(409, 'plan_currency_in_use', 'PUT', `/api/plans/${made.id}`, { currency: 'EUR' }, { field: 'currency' })
})

test('what is wrong with a subscription names the field', async () => {
  const [dollars, euros, byHand, archived] = [await plan(), await plan({ currency: 'EUR' }), await plan({ price_by_hand: true }), await plan()]
  await server.expect(200, 'POST', `/api/plans/${archived.id}/archive`)
  const key = await customerKey(server)
  const refused = (status, code, field, more) => server.refused(status, code, 'POST', '/api/subscriptions', { customer_id: key.customer_id, plan_id: dollars.id, ...more }, { field })
  await refused(404, 'unknown_customer', 'customer_id', { customer_id: 99999 })
  await refused(404, 'unknown_plan', 'plan_id', { plan_id: 99999 })
  await refused(400, 'missing_field', 'plan_id', { plan_id: undefined })
  await refused(400, 'malformed_day', 'starts', { starts: '2026-02-30' })
  await refused(400, 'out_of_range', 'starts', { starts: '2001-01-01' })
  await refused(400, 'period_reversed', 'ends', { ends: '2020-01-01' })
  for (const anchor of [0, 32, 2 ** 40]) await refused(400, 'out_of_range', 'anchor', { anchor })
  await refused(400, 'price_required', 'monthly_price', { plan_id: byHand.id })
  await refused(400, 'price_not_by_hand', 'monthly_price', { monthly_price: '5' })
  await refused(400, 'invalid_amount', 'monthly_price', { plan_id: byHand.id, monthly_price: 'much' })
  await refused(409, 'plan_archived', 'plan_id', { plan_id: archived.id })
  const subscription = await subscribe(key, dollars)
  await refused(409, 'already_subscribed', 'customer_id')

  const unchanged = (status, code, field, body) => server.refused(status, code, 'POST', `/api/subscriptions/${subscription.id}/change`, body, { field })
  await unchanged(409, 'other_currency', 'plan_id', { plan_id: euros.id })
  await unchanged(404, 'unknown_plan', 'plan_id', { plan_id: 99999 })
  await unchanged(400, 'unknown_value', 'when', { plan_id: byHand.id, when: 'later' })
  await unchanged(400, 'price_required', 'monthly_price', { plan_id: byHand.id })
  assert.equal((await act(subscription, 'change', { plan_id: byHand.id, monthly_price: '90' })).monthly_price, '90.000000000')
  await server.refused(404, 'unknown_subscription', 'GET', '/api/subscriptions/99999')
  await server.refused(404, 'unknown_subscription', 'POST', '/api/subscriptions/99999/cancel')
})

test('reading takes the scope read, and writing admin', async () => {
  const token = await server.makeToken('reader', 'read')
  await server.expect(200, 'GET', '/api/plans', undefined, { token })
  await server.expect(200, 'GET', '/api/subscriptions', undefined, { token })
  await server.refused(403, 'insufficient_scope', 'POST', '/api/plans', { name: 'x' }, { token })
  await server.refused(403, 'insufficient_scope', 'POST', '/api/subscriptions', { customer_id: 1, plan_id: 1 }, { token })
})

test('the command line does the same', async (t) => {
  const own = await Server.start(t)
  const said = async (args, code = 0) => {
    const done = await own.run(args)
    assert.equal(done.code, code, `${args.join(' ')}: ${done.stderr}${done.stdout}`)
    return done.stdout + (code === 0 ? '' : done.stderr)
  }
  const json = async (args) => JSON.parse(await said([...args, '--json']))
  assert.match(await said(['plans', 'list']), /Basic[\s\S]*Subscription with overage/)
  assert.match(await said(['plans', 'list', '--csv']), /^id,name,/)
  const made = await json(['plans', 'create', '--name', 'Typed', '--price', '20', '--trial-days', '0', '--charge', 'rentals=10,100@2.00,1.50', '--limit', 'requests/day=1'])
  assert.deepEqual(made.charges, [{ metric: 'rentals', included: 10, tiers: [{ from: 1, up_to: 100, unit_price: '2.000000000' }, { from: 101, up_to: null, unit_price: '1.500000000' }] }])
  assert.deepEqual(made.limits, PER_DAY(1))
  const id = String(made.id)
  assert.match(await said(['plans', 'update', id, '--price', '25', '--no-charges']), /\$25 a month/)
  assert.deepEqual((await json(['plans', 'show', id, '--versions'])).data.map((each) => each.version), [2, 1])
  assert.match(await said(['plans', 'show', id]), /Typed/)
  await said(['plans', 'archive', id])
  assert.doesNotMatch(await said(['plans', 'list']), /Typed/)
  assert.match(await said(['plans', 'list', '--archived', '--search', 'typed']), /Typed/)
  await said(['plans', 'restore', id])
  for (const wrong of [['--charge', 'rentals'], ['--charge', 'rentals=10,'], ['--limit', 'rentals'], ['--trial-days', 'x'], ['--no-limits', '--limit', 'requests/day=1']]) await said(['plans', 'update', id, ...wrong], 2)
  await said(['plans', 'create'], 2)
  await said(['plans', 'show', '999'], 3)

  const key = await customerKey(own, { name: 'Dana' })
  const started = await json(['subscriptions', 'start', '--customer', String(key.customer_id), '--plan', id])
  assert.equal((await call(key, own)).status, 200)
  assert.equal((await call(key, own)).status, 429)
  const number = String(started.id)
  assert.match(await said(['subscriptions', 'list', '--plan', id]), /Dana.*Typed.*active/)
  assert.match(await said(['subscriptions', 'list', '--csv']), /^id,customer_name,/)
  assert.match(await said(['subscriptions', 'change', number, '--plan', '3', '--price', '90']), /Enterprise/)
  assert.equal((await call(key, own)).status, 200)
  assert.equal((await json(['subscriptions', 'cancel', number])).status, 'ending')
  assert.equal((await json(['subscriptions', 'resume', number])).status, 'active')
  assert.equal((await json(['subscriptions', 'cancel', number, '--when', 'now'])).status, 'ended')
  assert.match(await said(['subscriptions', 'show', number]), /ended/)
  assert.match(await said(['audit', 'list']), /subscriptions\.start/)
})
