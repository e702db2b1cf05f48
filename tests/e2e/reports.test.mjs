// The reports about customers' calls: what is rented most, when most is going on, what became of calls; and their files.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asCustomer, customerExpect, customerKey, verify, website } from './lib/customers.mjs'
import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((made) => (server = made))

const get = (target) => server.expect(200, 'GET', target)
const rent = (key, site) => customerExpect(server, key, 200, 'POST', '/api/accounts/rent', { website: site.name })

/** Two customers who rent from two websites; the second one finds nothing free once, and is refused once. */
async function market() {
  const large = await website(server, 2)
  const small = await website(server, 1)
  const ada = await customerKey(server, { name: 'Ada', rate_limit: 0 })
  const bob = await customerKey(server, { name: 'Bob', rate_limit: 4 })
  const { account } = await rent(ada, large)
  await customerExpect(server, ada, 200, 'POST', `/api/accounts/return/${account.id}`)
  await rent(ada, large)
  await rent(bob, large)
  await rent(bob, small)
  assert.equal((await asCustomer(server, bob, 'POST', '/api/accounts/rent', { website: small.name })).status, 404)
  await customerExpect(server, bob, 200, 'GET', '/api/accounts/available')
  assert.equal((await asCustomer(server, bob, 'GET', '/api/accounts/available')).status, 429)
  return { large, small, ada, bob }
}

/** The lines of a file, each as an object by the headings. */
function table(answer) {
  const [head, ...lines] = answer.body.trimEnd().split('\r\n').map((line) => line.split(','))
  return lines.map((cells) => Object.fromEntries(head.map((name, column) => [name, cells[column]])))
}

test('accounts and websites are ranked by how often they are rented', async () => {
  const { large, small, bob } = await market()
  const accounts = await get(`/api/reports/popular-accounts?website=${large.name}`)
  assert.deepEqual([accounts.count, accounts.idle_count, accounts.total.rentals, accounts.timezone], [2, 0, 3, 'UTC'])
  assert.deepEqual(accounts.data.map((line) => [line.rentals, line.website, line.removed]), [[2, large.name, false], [1, large.name, false]])
  assert.deepEqual(accounts.data.map((line) => line.share), [667, 333])
  assert.equal((await get(`/api/reports/popular-accounts?website=${large.name}&limit=1`)).data.length, 1)
  assert.equal((await get(`/api/reports/popular-accounts?key_id=${bob.id}`)).total.rentals, 2)
  assert.equal((await get('/api/reports/popular-accounts?from=2020-01-01&to=2020-01-31')).count, 0)

  const { data, total } = await get('/api/reports/websites?days=1')
  const lineOf = (site) => data.find((line) => line.website === site.name)
  assert.deepEqual([lineOf(large).rentals, lineOf(large).customers, lineOf(large).account_count, lineOf(large).refused_no_account], [3, 2, 2, 0])
  assert.deepEqual([lineOf(small).rentals, lineOf(small).customers, lineOf(small).refused_no_account], [1, 1, 1])
  assert.ok(total.rentals >= 4 && total.customers >= 2 && total.calls >= 6)

  const file = await server.get(`/api/reports/popular-accounts.csv?website=${large.name}&days=7`)
  assert.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(file.headers['content-disposition'], /^attachment; filename="popular-accounts_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d_UTC\.csv"$/)
  assert.deepEqual(table(file).map((line) => line.rentals), ['2', '1'])
  assert.ok(table(await server.get('/api/reports/websites.csv')).some((line) => line.website === small.name && line.refused_no_account === '1'))
})

test('customers are ranked by what they pay, call and rent', async () => {
  const site = await website(server, 2)
  const [ada, bob] = [await customerKey(server, { rate_limit: 0 }), await customerKey(server, { rate_limit: 3 })] // customers of their own
  await rent(ada, site)
  await rent(bob, site)
  for (const status of [200, 200, 429]) assert.equal((await asCustomer(server, bob, 'GET', '/api/stats/me')).status, status)
  await server.expect(201, 'POST', '/api/subscriptions', { customer_id: ada.customer_id, plan_id: 4 }) // $2 for each rental
  await server.expect(201, 'POST', '/api/subscriptions', { customer_id: bob.customer_id, plan_id: 1 }) // $10 a month
  const of = async (query) => {
    const report = await get(`/api/reports/top-customers?limit=500&days=2&${query}`)
    const lineOf = (key) => report.data.find((line) => line.customer_id === key.customer_id)
    return { report, places: [report.data.indexOf(lineOf(ada)), report.data.indexOf(lineOf(bob))], ada: lineOf(ada), bob: lineOf(bob) }
  }
  const paying = await of('by=revenue')
  assert.deepEqual([paying.ada.revenue, paying.bob.revenue], [[{ amount: '2.000000000', currency: 'USD' }], [{ amount: '10.000000000', currency: 'USD' }]])
  assert.ok(paying.places[1] < paying.places[0] && paying.bob.share > paying.ada.share)
  assert.deepEqual([paying.ada.rentals, paying.ada.calls, paying.ada.refused, paying.bob.rentals, paying.bob.calls, paying.bob.refused], [1, 1, 0, 1, 4, 1])
  const calling = await of('by=calls')
  assert.ok(calling.places[1] < calling.places[0])
  assert.equal(calling.report.data.reduce((sum, line) => sum + line.calls, 0), calling.report.total.calls)
  assert.equal((await get('/api/reports/top-customers?limit=1')).data.length, 1)
  const file = table(await server.get('/api/reports/top-customers.csv?days=2'))
  assert.deepEqual(file.filter((row) => row.customer_id === String(bob.customer_id)).map((row) => [row.rentals, row.revenue, row.currency]), [['1', '10.000000000', 'USD']])

  const revenue = await get(`/api/reports/revenue?customer_id=${bob.customer_id}`)
  const month = new Date().toISOString().slice(0, 7)
  assert.deepEqual(revenue.data.map((line) => [line.plan_name, line.month, line.earned.amount]), [['Basic', month, '10.000000000']])
  assert.deepEqual([revenue.to, revenue.months.length, revenue.totals.length], [month, 12, 1])
})

test('peaks and outcomes count every call of a key', async () => {
  const { bob } = await market()
  const peaks = await get(`/api/reports/peak-times?key_id=${bob.id}&days=1`)
  assert.equal(peaks.cells.length, 168)
  assert.equal(peaks.total, 5)
  assert.equal(peaks.cells.reduce((sum, cell) => sum + cell.calls, 0), 5)
  const hours = peaks.cells.filter((cell) => cell.average !== null)
  assert.ok(hours.length >= 1 && hours.length <= 24, 'of one day, and none that is still to come')
  assert.ok(Number(peaks.peak.average) >= 1)
  assert.equal((await get(`/api/reports/peak-times?key_id=${bob.id}&metric=rentals`)).total, 2)
  assert.equal(table(await server.get('/api/reports/peak-times.csv?metric=rentals')).length, 168)

  const outcomes = await get(`/api/reports/outcomes?key_id=${bob.id}&days=7`)
  assert.deepEqual([outcomes.total, outcomes.success_share, outcomes.days.length], [5, 600, 7])
  assert.deepEqual(outcomes.data.map((line) => [line.status, line.action, line.calls]), [['success', null, 3], ['error', null, 1], ['rate_limited', null, 1]])
  const sums = outcomes.days.reduce((sum, day) => [sum[0] + day.success, sum[1] + day.error, sum[2] + day.rate_limited, sum[3] + day.total], [0, 0, 0, 0])
  assert.deepEqual(sums, [3, 1, 1, 5])
  const split = await get(`/api/reports/outcomes?key_id=${bob.id}&group_by=action`)
  assert.deepEqual(split.data[0], { status: 'success', action: 'rent', calls: 2, share: 400 })
  const days = table(await server.get(`/api/reports/outcomes.csv?key_id=${bob.id}&group_by=day&days=3`))
  assert.deepEqual(days.map((day) => Object.keys(day).length), [7, 7, 7])
  assert.equal(table(await server.get(`/api/reports/outcomes.csv?key_id=${bob.id}`))[0].status, 'success')
})

test('what a report cannot be about is refused', async () => {
  const other = await customerKey(server)
  const cases = [['days=0', 400, 'invalid_days'], ['days=1099', 400, 'invalid_days'], ['from=2026-11-01', 400, 'range_incomplete'],
    ['from=2026-11-02&to=2026-11-01', 400, 'range_reversed'], ['from=2020-01-01&to=2026-01-01', 400, 'range_too_long'],
    ['from=yesterday&to=2026-01-01', 400, 'malformed_day'], ['customer_id=0', 400, 'malformed_id'], ['customer_id=99999', 404, 'unknown_customer'],
    ['key_id=99999', 404, 'unknown_customer_key'], ['colour=red', 400, 'unknown_parameter']]
  for (const name of ['popular-accounts', 'websites', 'peak-times', 'outcomes']) {
    for (const ending of ['', '.csv']) {
      for (const [query, status, code] of cases) await server.refused(status, code, 'GET', `/api/reports/${name}${ending}?${query}`)
      await server.refused(401, 'unauthenticated', 'GET', `/api/reports/${name}${ending}`, undefined, { token: null })
    }
    if (name !== 'websites') await server.refused(404, 'unknown_website', 'GET', `/api/reports/${name}?website=nowhere`)
  }
  const { customer_id: customer } = await get(`/api/customer-keys/${other.id}`)
  const stranger = await customerKey(server, { name: 'Stranger' })
  await server.refused(404, 'unknown_customer_key', 'GET', `/api/reports/outcomes?customer_id=${customer}&key_id=${stranger.id}`)
  for (const limit of ['0', '501', 'x']) await server.refused(400, 'out_of_range', 'GET', `/api/reports/popular-accounts?limit=${limit}`, undefined, { field: 'limit' })
  await server.refused(400, 'unknown_value', 'GET', '/api/reports/peak-times?metric=tokens', undefined, { field: 'metric' })
  await server.refused(400, 'unknown_value', 'GET', '/api/reports/outcomes?group_by=day', undefined, { field: 'group_by' })
})

test('a name that a spreadsheet would obey is defused in a file', async () => {
  const site = await website(server, 0, { name: `=cmd${Math.random().toString(36).slice(2)}` })
  const file = await server.get('/api/reports/websites.csv')
  assert.ok(file.body.includes(`,'${site.name},`), file.body)
})

test('sums over all keys agree with a recount, also of calls that just came', async () => {
  const key = await customerKey(server, { rate_limit: 0 })
  const before = (await get('/api/reports/outcomes?days=1')).total
  for (let call = 0; call < 5; call++) assert.equal((await verify(server, key, { action: 'probe' })).status, 200)
  assert.equal((await get('/api/reports/outcomes?days=1')).total, before + 5)
  const state = await get('/api/ledger/verify')
  assert.ok(state.whole && state.rollups_agree, state.what)
})

test('the command line shows the same figures', async () => {
  const { large, bob } = await market()
  const said = async (...args) => {
    const { code, stdout, stderr } = await server.run(['report', ...args])
    assert.equal(code, 0, stderr)
    return stdout
  }
  const accounts = await said('popular-accounts', '--website', large.name)
  assert.match(accounts, /3 rentals, [\d.]+ hours; 2 accounts rented, 0 idle/)
  assert.match(accounts, /user\d .* 66\.7 % {2}█{20}\n/)
  assert.equal(JSON.parse(await said('outcomes', '--key', String(bob.id), '--json')).total, 5)
  assert.match(await said('outcomes', '--key', String(bob.id)), /5 calls, 60\.0 % of them succeeded/)
  assert.match(await said('outcomes', '--key', String(bob.id), '--by', 'day', '--days', '2', '--csv'), /^day,success,.*\r\n.*\r\n.*,3,1,1,0,0,5\r\n$/)
  assert.match(await said('peak-times', '--metric', 'rentals'), /rentals; most on \w+day from \d+:00 on/)
  assert.match(await said('websites', '--limit', '1'), /None free/)
  assert.equal((await server.run(['report', 'outcomes', '--customer', '99999'])).code, 3)
})
