// The main job: a provider's key pasted in, and GET /api/usage shows the true cost, requests and tokens.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { sumOf, toText } from './lib/decimal.mjs'
import { until } from './lib/network.mjs'
import { Organization, dayText, today } from './lib/organization.mjs'
import { missingScopes, startPretendProvider } from './lib/pretend_provider.mjs'
import { mock } from './lib/prism.mjs'
import { Server } from './lib/server.mjs'

/** A provider and a server that asks it, with the admin key of each organization stored and everything fetched. */
async function started(t, ...organizations) {
  const provider = await startPretendProvider()
  t.after(() => provider.close())
  for (const organization of organizations) provider.add(organization)
  const server = await Server.start(t, { env: provider.environment })
  const account = await server.account()
  const keys = []
  for (const organization of organizations) keys.push(await server.addKey(account, organization.adminKey, { name: organization.name }))
  return { provider, server, account, keys }
}

/** Waits until the figures of the whole range are there: the back-fill goes on in the background. */
async function figures(server, query, complete) {
  await server.refresh()
  return until(async () => {
    const report = await server.expect(200, 'GET', `/api/usage?${query}`)
    return complete(report) && report
  }, { seconds: 60, every: 200, what: 'the figures' }).catch(async (error) => {
    const report = await server.expect(200, 'GET', `/api/usage?${query}`)
    throw new Error(`${error.message}: ${JSON.stringify({ ...report, series: undefined }).slice(0, 1500)}`)
  })
}

const usd = (cost) => cost.find((each) => each.currency === 'USD')

for (const kind of ['openai', 'anthropic']) {
  test(`${kind}: the last 30 days are exact, to the last decimal`, async (t) => {
    const organization = new Organization(kind, `exact-${kind}`)
    const { server } = await started(t, organization)
    const want = organization.expected(today() - 29, today())
    const report = await figures(server, 'days=30&group_by=day', (each) => usd(each.totals.cost)?.amount === sumOf(want.amounts))
    assert.deepEqual([report.from, report.to, report.days], [dayText(today() - 29), dayText(today()), 30])
    assert.deepEqual(usd(report.totals.cost), { amount: sumOf(want.amounts), currency: 'USD', estimated: false })
    for (const field of ['requests', 'input_tokens', 'output_tokens', 'cached_tokens']) {
      if (field === 'requests' && report.totals.requests === null) continue // not every report counts them
      assert.equal(report.totals[field], want[field], field)
    }
    assert.equal(report.groups.length, 30)
    for (const group of report.groups) {
      const day = Date.parse(group.day ?? group.key ?? group.group) / 86_400_000
      assert.equal(usd(group.cost).amount, sumOf(organization.expected(day, day).amounts), JSON.stringify(group))
    }
  })
}

test('7 and 90 days, and a range given by its days, are exact, too', async (t) => {
  const organization = new Organization('openai', 'ranges', { historyDays: 100 })
  const { server } = await started(t, organization)
  const ranges = [['days=90', today() - 89, today()], ['days=7', today() - 6, today()], [`from=${dayText(today() - 50)}&to=${dayText(today() - 41)}`, today() - 50, today() - 41]]
  for (const [query, from, to] of ranges) {
    const want = sumOf(organization.expected(from, to).amounts)
    const report = await figures(server, query, (each) => usd(each.totals.cost)?.amount === want)
    assert.equal(report.totals.input_tokens, organization.expected(from, to).input_tokens)
  }
})

test('project keys are linked by the provider\'s own list, and their share is told', async (t) => {
  const organization = new Organization('openai', 'linked')
  const { server, account, keys: [admin] } = await started(t, organization)
  const stored = []
  for (const key of organization.keys) stored.push(await server.addKey(account, key.text, { name: key.name }))
  await server.refresh()
  for (const [index, { id }] of stored.entries()) {
    const linked = await until(async () => {
      const key = await server.expect(200, 'GET', `/api/keys/${id}`)
      return key.admin_key_id && key
    }, { what: 'the link' })
    assert.deepEqual([linked.admin_key_id, linked.linked_by, linked.remote_id, linked.remote_project], [admin.id, 'provider', organization.keys[index].id, organization.keys[index].project])
  }
  const total = sumOf(organization.expected(today() - 29, today()).amounts)
  await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === total)
  for (const [index, { id }] of stored.entries()) {
    const share = await server.expect(200, 'GET', `/api/usage?days=30&key_id=${id}`)
    const want = organization.expected(today() - 29, today(), (row) => row.key === organization.keys[index].id)
    assert.equal(usd(share.totals.cost).amount, sumOf(want.amounts))
    assert.equal(share.totals.input_tokens, want.input_tokens)
  }
})

test('refreshing again changes nothing, and asks for recent days only', async (t) => {
  const organization = new Organization('openai', 'again')
  const { server, provider } = await started(t, organization)
  const want = sumOf(organization.expected(today() - 29, today()).amounts)
  const first = await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === want)
  await until(async () => {
    const { backfilling, running } = await server.expect(200, 'GET', '/api/usage/sync')
    return !backfilling && !running // a refresh would join the round that runs
  }, { seconds: 60, what: 'the end of reading history' })
  const before = provider.requests.length
  await server.refresh()
  const second = await server.expect(200, 'GET', '/api/usage?days=30')
  assert.deepEqual(second.totals, first.totals)
  const again = provider.requests.slice(before).filter((request) => request.path === '/organization/costs')
  assert.ok(again.length >= 1)
  for (const request of again) assert.ok(Number(request.query.get('start_time')) >= (today() - 3) * 86_400, request.target)
})

test('the figures are there after a restart, also when the provider is not', async (t) => {
  const organization = new Organization('openai', 'restart')
  const { server, provider } = await started(t, organization)
  const want = sumOf(organization.expected(today() - 29, today()).amounts)
  await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === want)
  await server.stop()
  await provider.close()
  const again = await server.again(t)
  assert.equal(usd((await again.expect(200, 'GET', '/api/usage?days=30')).totals.cost).amount, want)
})

test('one provider\'s failure does not hide the other\'s figures, and is told with its remedy', async (t) => {
  const good = new Organization('openai', 'good')
  const bad = new Organization('anthropic', 'bad')
  const { server, provider } = await started(t, good, bad)
  provider.misbehave({ key: bad.adminKey }, { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }) })
  const want = sumOf(good.expected(today() - 29, today()).amounts)
  const report = await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === want && each.problems.length > 0)
  const problem = report.problems.find((each) => JSON.stringify(each).includes('anthropic') || each.key_id === 2)
  assert.ok(problem, JSON.stringify(report.problems))
  for (const field of ['code', 'cause', 'remedy']) assert.ok(problem[field]?.length > 2, `${field} of ${JSON.stringify(problem)}`)
})

describe('a provider that misbehaves gives no wrong figures', () => {
  const costs = /organization\/costs/
  const cases = {
    'says for ever that there is more': [{ path: costs }, { mode: 'endless_pages' }],
    'repeats its cursor': [{ path: costs }, { mode: 'repeating_cursor' }],
    'sends half of the JSON': [{ path: costs }, { mode: 'truncated' }],
    'sends a page': [{ path: costs }, { mode: 'html' }],
    'takes the scope away': [{ path: costs }, missingScopes('api.usage.read')],
    'has no credit left': [{ path: costs }, { status: 429, headers: { 'content-type': 'application/json' }, body: '{"error":{"message":"quota","type":"insufficient_quota","code":"insufficient_quota"}}' }],
  }
  for (const [name, [match, how]] of Object.entries(cases)) {
    test(`one that ${name}`, async (t) => {
      const organization = new Organization('openai', `odd ${name}`)
      const { server, provider } = await started(t, organization)
      provider.misbehave(match, how)
      const tokens = organization.expected(today() - 29, today()).input_tokens
      const report = await figures(server, 'days=30', (each) => each.problems.length > 0 && each.totals.input_tokens === tokens)
      assert.ok(report.problems.every((problem) => problem.code && problem.cause && problem.remedy), JSON.stringify(report.problems))
      const asked = provider.requests.filter((request) => costs.test(request.path)).length
      assert.ok(asked < 500, `${asked} requests`)
      assert.ok(report.totals.cost.every((cost) => cost.estimated), 'nothing is told as billed that was not read to the end')
    })
  }

  test('one that limits for a moment is asked again after Retry-After', async (t) => {
    const organization = new Organization('openai', 'limits')
    const { server, provider } = await started(t, organization)
    provider.misbehave({ path: costs }, { status: 429, headers: { 'retry-after': '1', 'content-type': 'application/json' }, body: '{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}' }, 1)
    await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === sumOf(organization.expected(today() - 29, today()).amounts))
  })
})

test('amounts sent as numbers are read, too', async (t) => {
  const organization = new Organization('openai', 'numbers')
  organization.numbers = true
  const { server } = await started(t, organization)
  const want = sumOf(organization.expected(today() - 29, today()).amounts.map((amount) => toText(BigInt(Math.round(Number(amount) * 1e12)) * 10n ** 6n, 18)))
  const cents = (text) => text.slice(0, -4) // a number keeps about 16 digits, so the last ones may differ
  await figures(server, 'days=30', (each) => cents(usd(each.totals.cost)?.amount ?? '') === cents(want))
})

test('an older organization of Anthropic, without analytics, is read through the older reports', async (t) => {
  const organization = new Organization('anthropic', 'older', { analytics: false })
  const { server } = await started(t, organization)
  const want = organization.expected(today() - 29, today())
  const report = await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === sumOf(want.amounts))
  assert.equal(report.totals.input_tokens, want.input_tokens)
  assert.equal(report.totals.requests, null, 'these reports count no requests')
})

test('a mock made from OpenAI\'s own description is read without an endless loop', async (t) => {
  const prism = await mock('openai-usage.openapi.json')
  t.after(() => prism.stop())
  const server = await Server.start(t, { env: { KEYLEDGER_OPENAI_BASE_URL: prism.url } })
  await server.addKey(await server.account(), new Organization('openai', 'prism').adminKey)
  const state = await server.refresh({ seconds: 120 })
  assert.equal(state.sources.length >= 1, true)
  await server.expect(200, 'GET', '/api/usage?days=30')
})

test('questions about usage that make no sense are refused', async (t) => {
  const server = await Server.start(t)
  const cases = [
    ['days=0', 400, 'invalid_days'], ['days=-1', 400, 'invalid_days'], ['days=1099', 400, 'invalid_days'], ['days=ten', 400, 'invalid_days'], ['days=', 400, 'invalid_days'],
    ['from=2026-11-02&to=2026-11-01', 400, 'range_reversed'], ['from=1926-01-01&to=2026-01-01', 400, 'range_too_long'],
    ['from=2026-11-01', 400, 'range_incomplete'], ['to=2026-11-01', 400, 'range_incomplete'], ['days=7&from=2026-11-01&to=2026-11-02', 400, 'range_incomplete'],
    ['from=2026-02-30&to=2026-03-01', 400, 'malformed_day'], ['from=yesterday&to=today', 400, 'malformed_day'],
    ['group_by=colour', 400, 'unknown_value'], ['provider=acme', 400, 'unknown_provider'], ['account_id=999', 404, 'unknown_account'],
    ['key_id=999', 404, 'unknown_key'], ['key_id=x', 400, 'malformed_id'], ['colour=red', 400, 'unknown_parameter'], ['days=7&days=30', 400, 'unknown_parameter'],
  ]
  for (const [query, status, code] of cases) await server.refused(status, code, 'GET', `/api/usage?${query}`)
  for (const group of ['day', 'hour', 'hour_of_week', 'key', 'model', 'provider', 'account', 'project']) await server.expect(200, 'GET', `/api/usage?days=7&group_by=${group}`)
})

test('a budget tells what is spent and warns when it is over', async (t) => {
  const organization = new Organization('openai', 'budget')
  const { server, keys: [key] } = await started(t, organization)
  await figures(server, 'days=30', (each) => usd(each.totals.cost)?.amount === sumOf(organization.expected(today() - 29, today()).amounts))
  const budget = await server.expect(201, 'POST', '/api/budgets', { key_id: key.id, amount: { amount: '0.01', currency: 'USD' } })
  await server.refused(409, 'duplicate_budget', 'POST', '/api/budgets', { key_id: key.id, amount: { amount: '5', currency: 'USD' } })
  await server.refused(400, 'invalid_amount', 'PUT', `/api/budgets/${budget.id}`, { amount: { amount: '-1', currency: 'USD' } })
  const report = await server.expect(200, 'GET', '/api/usage?days=30')
  assert.ok(report.problems.some((problem) => /budget/.test(problem.code)), JSON.stringify(report.problems))
  assert.equal((await server.delete(`/api/budgets/${budget.id}`)).status, 204)
})
