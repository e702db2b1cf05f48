// Invoices: drafted, opened down to single calls, finalised, paid, credited; and the numbers that have no gap.
import assert from 'node:assert/strict'
import { mkdtemp, cp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

import { asCustomer, customerExpect, customerKey, website } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { Server } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

const DAY = 86_400_000
const OVERAGE = 5 // "Subscription with overage": $20 with 10 rentals, then $1.50 each
const KILLS = 5
const CUSTOMERS = 125
const DRAFTS = CUSTOMERS * 8

const day = (date) => date.toISOString().slice(0, 10)
const year = () => new Date().getUTCFullYear()
/** The first day of the month that is so many before this one. */
const monthAgo = (months) => day(new Date(Date.UTC(year(), new Date().getUTCMonth() - months, 1)))
const month = (months) => monthAgo(months).slice(0, 7)
const usd = (amount) => ({ amount, currency: 'USD' })
const database = (server) => path.join(server.dataDir, 'keyledger.db')
const subscribe = (server, key, more = {}) => server.expect(201, 'POST', '/api/subscriptions', { customer_id: key.customer_id, plan_id: OVERAGE, starts: monthAgo(1), anchor: 1, ...more })
const drafts = async (server) => (await server.expect(200, 'GET', '/api/invoices?state=draft&sort=period&order=asc&limit=500')).data
const finalise = (server, invoice) => server.expect(200, 'POST', `/api/invoices/${invoice.id}/finalise`)

/** Stops the server, changes what its file says, and starts it again. */
async function changed(t, server, sql) {
  await server.stop()
  sqlite(database(server), sql)
  return server.again(t)
}

/** Moves all calls so far to the middle of last month. */
function toLastMonth(t, server) {
  const middle = Date.parse(monthAgo(1)) + 14 * DAY
  return changed(t, server, `
    UPDATE ledger_days SET day = ${middle / DAY};
    UPDATE usage_events SET at = at - (at / ${DAY}) * ${DAY} + ${middle};`)
}

/** A seller, a customer with a dozen rentals of last month, and the draft that they make. */
async function lastMonth(t, { rentals = 12, ...more } = {}) {
  const first = await Server.start(t)
  await first.expect(200, 'PUT', '/api/settings', { seller_name: 'Example Works', seller_address: '1 Quay\nBristol', seller_tax_id: 'GB1', invoice_footer: 'IBAN GB00' })
  const site = await website(first)
  const key = await customerKey(first, { name: 'Dana', rate_limit: 0 })
  for (let number = 1; number <= rentals; number++) {
    const { account } = await customerExpect(first, key, 200, 'POST', '/api/accounts/rent', { website: site.name }, { headers: { 'idempotency-key': `rental-${number}` } })
    if (number === 1) await customerExpect(first, key, 200, 'POST', '/api/accounts/rent', { website: site.name }, { headers: { 'idempotency-key': 'rental-1' } }) // repeated: no second rental
    if (number < rentals) await customerExpect(first, key, 200, 'POST', `/api/accounts/return/${account.id}`)
  }
  await subscribe(first, key, more)
  const server = await toLastMonth(t, first)
  const draft = await until(async () => (await drafts(server)).at(-1), { what: 'the draft of last month' })
  return { server, key, site, draft }
}

/** The lines of a file, each as an object by the headings; no cell of these files has a comma in it but texts. */
function table(answer) {
  const split = (line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell.replace(/^"|"$/g, '')).slice(0, -1)
  const [head, ...lines] = answer.body.trimEnd().split('\r\n').map(split)
  return lines.map((cells) => Object.fromEntries(head.map((name, column) => [name, cells[column]])))
}

test("the seller's story: drafted, opened, finalised, and the same for ever", async (t) => {
  const { server, key, draft } = await lastMonth(t)
  const path = `/api/invoices/${draft.id}`
  assert.deepEqual([draft.number, draft.state, draft.from, draft.customer_name, draft.net, draft.due], [null, 'draft', monthAgo(1), 'Dana', usd('23.000000000'), usd('0.000000000')])
  const rough = await server.expect(200, 'GET', path)
  assert.deepEqual(rough.missing, ['customer_address'])

  const billing = await server.expect(200, 'PUT', `/api/customers/${key.customer_id}/billing`, { billing_name: 'Dana Ltd', address: '12 Harbour Street', tax_id: 'D-1', tax_rate: '19', invoice_notes: 'Thank you' })
  assert.deepEqual(billing, { customer_id: key.customer_id, billing_name: 'Dana Ltd', address: '12 Harbour Street', tax_id: 'D-1', tax_rate: '19', tax_inclusive: false, invoice_notes: 'Thank you', arrears_since: null, overdue_count: 0 })
  assert.equal((await server.expect(200, 'PUT', path, { notes: 'Order 4711' })).notes, 'Order 4711')

  const made = await finalise(server, draft)
  assert.deepEqual([made.number, made.state, made.net, made.tax, made.total, made.due], [`${year()}-0001`, 'final', usd('23.000000000'), usd('4.370000000'), usd('27.370000000'), usd('27.370000000')])
  assert.deepEqual([made.customer, made.seller], [{ name: 'Dana Ltd', address: '12 Harbour Street', tax_id: 'D-1' }, { name: 'Example Works', address: '1 Quay\nBristol', tax_id: 'GB1' }])
  assert.deepEqual([made.tax_rate, made.tax_inclusive, made.notes, made.footer, made.missing, made.late], ['19', false, 'Order 4711', 'Thank you\nIBAN GB00', [], []])
  const days = Date.parse(made.due_at) - Date.parse(made.finalised_at)
  assert.ok(days >= 14 * DAY && days <= 15 * DAY, `due after ${days / DAY} days, at the end of one`)
  assert.deepEqual(made.lines.map((line) => [line.position, line.kind, line.metric, line.quantity, line.amount, line.plan_version]), [[1, 'monthly', null, 0, usd('20.000000000'), 1], [2, 'usage', 'requests', 23, usd('0.000000000'), 1], [3, 'usage', 'rentals', 12, usd('3.000000000'), 1]])
  assert.deepEqual(made.lines[2].steps, [{ kind: 'included', quantity: 10, of_days: null, unit_price: '0.000000000', amount: usd('0.000000000') }, { kind: 'tier', quantity: 2, of_days: null, unit_price: '1.500000000', amount: usd('3.000000000') }])
  await server.refused(409, 'already_final', 'POST', `${path}/finalise`)
  await server.refused(409, 'already_final', 'PUT', path, { notes: 'late' })

  const before = (await server.get(path)).body
  await server.expect(200, 'PUT', `/api/plans/${OVERAGE}`, { name: 'Dearer', monthly_price: '99', charges: [] })
  await server.expect(200, 'PUT', `/api/customers/${key.customer_id}/billing`, { billing_name: 'Moved', tax_rate: '7.125', tax_inclusive: true })
  await server.expect(200, 'PUT', '/api/settings', { seller_name: 'Renamed' })
  assert.equal((await server.get(path)).body, before, 'a price change leaves it byte for byte the same')
})

test('every line opens into the calls behind it, page by page and as a file', async (t) => {
  const { server, key, draft } = await lastMonth(t)
  const events = (position, query = '') => `/api/invoices/${draft.id}/lines/${position}/events${query}`
  const seen = []
  for (let cursor = ''; cursor !== null;) {
    const page = await server.expect(200, 'GET', events(3, `?limit=5${cursor && `&cursor=${encodeURIComponent(cursor)}`}`))
    seen.push(...page.data)
    cursor = page.next_cursor
  }
  assert.equal(new Set(seen.map((event) => event.id)).size, 12, 'the repeated call is none of them')
  assert.ok(seen.every((event) => event.action === 'rent' && event.status === 'success' && event.customer_key_id === key.id))
  assert.equal(seen.reduce((sum, event) => sum + event.units, 0), 12)
  assert.deepEqual((await server.expect(200, 'GET', events(1))).data, [], 'a monthly price has no calls')
  const calls = (await server.expect(200, 'GET', events(2, '?limit=500'))).data
  assert.deepEqual([calls.length, calls.reduce((sum, event) => sum + event.units, 0)], [24, 23], 'rentals, returns, and the repeated one')
  const file = await server.get(`/api/invoices/${draft.id}/lines/3/events.csv`)
  assert.match(file.headers['content-disposition'], new RegExp(`filename="invoice_draft-${draft.id}_line-3\\.csv"`))
  assert.equal(file.body.trimEnd().split('\r\n').length, 13)
  await server.refused(404, 'unknown_line', 'GET', events(9))
  await server.refused(400, 'malformed_id', 'GET', events('x'))
  await server.refused(400, 'malformed_cursor', 'GET', events(3, '?cursor=nonsense'))
  await server.refused(400, 'out_of_range', 'GET', events(3, '?limit=0'))

  const steps = await server.get(`/api/invoices/${draft.id}.csv`)
  assert.match(steps.headers['content-disposition'], new RegExp(`filename="invoice_draft-${draft.id}\\.csv"`))
  const tiers = table(steps).filter((row) => row.step === 'tier')
  assert.deepEqual(tiers.map((row) => [row.line, row.quantity, row.unit_price, row.amount, row.line_amount, row.currency]), [['3', '2', '1.500000000', '3.000000000', '3.000000000', 'USD']])
  await server.refused(404, 'unknown_invoice', 'GET', '/api/invoices/999.csv')
  await server.refused(400, 'malformed_id', 'GET', '/api/invoices/x.csv')
})

test('this month so far is shown at any time, and stored nowhere', async (t) => {
  const server = await Server.start(t)
  const site = await website(server)
  const key = await customerKey(server, { rate_limit: 0, plan_id: OVERAGE })
  assert.deepEqual([key.plan_id, key.plan_name], [OVERAGE, 'Subscription with overage'])
  await customerExpect(server, key, 200, 'POST', '/api/accounts/rent', { website: site.name })
  const of = `/api/customers/${key.customer_id}/invoice-preview`
  const preview = await server.expect(200, 'GET', of)
  assert.deepEqual([preview.id, preview.number, preview.state, preview.total, preview.missing.includes('period_not_over')], [null, null, 'draft', usd('20.000000000'), true])
  const line = preview.lines.find((each) => each.metric === 'rentals')
  assert.equal(line.quantity, 1)
  assert.deepEqual((await server.expect(200, 'GET', `${of}/lines/${line.position}/events`)).data.map((event) => event.action), ['rent'])
  assert.equal((await server.get(`${of}/lines/${line.position}/events.csv`)).body.trimEnd().split('\r\n').length, 2)
  assert.equal((await server.expect(200, 'GET', '/api/invoices')).all_count, 0)
  const free = await customerKey(server)
  await server.refused(404, 'not_subscribed', 'GET', `/api/customers/${free.customer_id}/invoice-preview`)
  await server.refused(404, 'unknown_customer', 'GET', '/api/customers/999/invoice-preview')
})

test('a key can bring its customer a plan, and says which it has', async (t) => {
  const server = await Server.start(t)
  const first = await customerKey(server, { plan_id: 1 })
  assert.match(first.message, /100 requests a day/)
  const second = await customerKey(server, { customer_id: first.customer_id, plan_id: 1 })
  assert.equal(second.plan_name, 'Basic')
  await server.refused(409, 'already_subscribed', 'POST', '/api/customer-keys', { name: 'x', customer_id: first.customer_id, plan_id: 2 }, { field: 'plan_id' })
  await server.refused(404, 'unknown_plan', 'POST', '/api/customer-keys', { name: 'new one', plan_id: 999 }, { field: 'plan_id' })
  assert.equal((await server.expect(200, 'GET', '/api/customers?q=new+one')).count, 0, 'nothing of it was made')
  await server.refused(400, 'price_required', 'POST', '/api/customer-keys', { name: 'y', plan_id: 3 })
  const { data } = await server.expect(200, 'GET', '/api/customer-keys')
  assert.deepEqual(data.map((each) => each.plan_name), ['Basic', 'Basic'])
  assert.deepEqual(table(await server.get('/api/customer-keys.csv')).map((row) => row.plan), ['Basic', 'Basic'])
  const [subscription] = (await server.expect(200, 'GET', '/api/subscriptions')).data
  await server.expect(200, 'POST', `/api/subscriptions/${subscription.id}/cancel`, { when: 'now' })
  assert.deepEqual([(await server.expect(200, 'GET', `/api/customer-keys/${first.id}`)).plan_id], [null])
})

test('an invoice is paid once, and taken back by credit notes to the last cent', async (t) => {
  const { server, key, draft } = await lastMonth(t, { rentals: 1, starts: monthAgo(2) })
  await until(async () => (await drafts(server)).length === 2, { what: 'both drafts' })
  const [older, newer] = await drafts(server)
  assert.equal(newer.id, draft.id)
  const of = (invoice, word = '') => `/api/invoices/${invoice.id}${word && `/${word}`}`
  await server.refused(409, 'earlier_draft', 'POST', of(newer, 'finalise'))
  await server.refused(409, 'not_final', 'POST', of(older, 'pay'))
  await server.refused(409, 'not_final', 'POST', of(older, 'credit'), { reason: 'wrong' })
  await finalise(server, older)
  assert.equal((await finalise(server, newer)).number, `${year()}-0002`)

  await server.refused(400, 'out_of_range', 'POST', of(older, 'pay'), { paid_at: new Date(Date.now() + DAY).toISOString() }, { field: 'paid_at' })
  await server.refused(400, 'malformed_time', 'POST', of(older, 'pay'), { paid_at: 'yesterday' })
  const paid = await server.expect(200, 'POST', of(older, 'pay'), { paid_at: '2026-11-10T00:00:00Z', note: 'Bank transfer' })
  assert.deepEqual([paid.state, paid.paid_note, paid.due], ['paid', 'Bank transfer', usd('0.000000000')])
  await server.refused(409, 'already_paid', 'POST', of(older, 'pay'))

  const credit = (body, headers = {}) => server.call('POST', of(newer, 'credit'), { body, headers })
  const once = { 'idempotency-key': 'credit-once' }
  const first = await credit({ total: '7.50', reason: 'Out for a day' }, once)
  assert.equal(first.status, 200, first.body)
  assert.equal((await credit({ total: '7.50', reason: 'Out for a day' }, once)).body, first.body, 'credited once under an Idempotency-Key')
  assert.deepEqual([first.json.state, first.json.due, first.json.credited], ['final', usd('12.500000000'), usd('7.500000000')])
  assert.deepEqual(first.json.credit_notes.map((note) => [note.number, note.total, note.reason]), [[`CN-${year()}-0001`, usd('7.500000000'), 'Out for a day']])
  for (const [code, body] of [['over_credit', { total: '12.51', reason: 'x' }], ['out_of_range', { total: '0', reason: 'x' }], ['out_of_range', { total: '0.001', reason: 'x' }], ['invalid_amount', { total: 'all', reason: 'x' }], ['missing_reason', { total: '1', reason: ' ' }], ['missing_field', { total: '1' }], ['wrong_type', { total: 1, reason: 'x' }]]) {
    await server.refused(400, code, 'POST', of(newer, 'credit'), body)
  }
  const all = await server.expect(200, 'POST', of(newer, 'credit'), { reason: 'The rest' })
  assert.deepEqual([all.state, all.credited, all.credit_notes.map((note) => note.number)], ['credited', usd('20.000000000'), [`CN-${year()}-0001`, `CN-${year()}-0002`]])
  await server.refused(409, 'already_credited', 'POST', of(newer, 'credit'), { reason: 'more' })
  await server.refused(409, 'already_credited', 'POST', of(newer, 'pay'))

  const revenue = await server.expect(200, 'GET', `/api/reports/revenue?from=${month(2)}&to=${month(1)}`)
  assert.deepEqual(revenue.data.map((line) => [line.customer_id, line.plan_id, line.month, line.billed.amount, line.credited.amount, line.earned.amount]), [[key.customer_id, OVERAGE, month(2), '20.000000000', '0.000000000', '0.000000000'], [key.customer_id, OVERAGE, month(1), '20.000000000', '20.000000000', '0.000000000']])
  assert.deepEqual(revenue.totals, [{ billed: usd('40.000000000'), credited: usd('20.000000000'), earned: usd('0.000000000') }])
  assert.deepEqual(revenue.months.map((each) => each.month), [month(2), month(1)])
  const open = await server.expect(200, 'GET', '/api/reports/revenue')
  assert.deepEqual([open.months.length, open.totals[0].earned], [12, usd('20.000000000')])
  const file = table(await server.get(`/api/reports/revenue.csv?plan_id=${OVERAGE}`))
  assert.deepEqual(file.map((row) => [row.month, row.billed, row.currency]).sort(), [[month(0), '0.000000000', 'USD'], [month(1), '20.000000000', 'USD'], [month(2), '20.000000000', 'USD']].sort())
})

test('what comes in after its invoice was final is on the next one, and named', async (t) => {
  const { server: first, draft } = await lastMonth(t, { starts: monthAgo(2) })
  const [older] = await until(async () => ((await drafts(first)).length === 2 ? drafts(first) : null), { what: 'both drafts' })
  const made = await finalise(first, older)
  const before = (await first.get(`/api/invoices/${older.id}`)).body
  const longAgo = Date.parse(monthAgo(2)) / DAY + 3
  const server = await changed(t, first, `INSERT INTO ledger_days SELECT ${longAgo}, customer_key_id, action_id, status, events, units FROM ledger_days`)
  assert.equal((await server.get(`/api/invoices/${older.id}`)).body, before)
  const next = await server.expect(200, 'GET', `/api/invoices/${draft.id}`)
  const late = { from: made.from, to: made.to, plan_id: OVERAGE, plan_version: 1, invoice_number: made.number, billed: 0 }
  assert.deepEqual(next.late, [{ ...late, metric: 'requests', now: 23 }, { ...late, metric: 'rentals', now: 12 }])
  assert.deepEqual(next.lines.filter((line) => line.kind === 'late_usage').map((line) => [line.metric, line.from, line.to, line.quantity, line.amount.amount]), [['requests', made.from, made.to, 23, '0.000000000'], ['rentals', made.from, made.to, 12, '3.000000000']])
  assert.equal((await finalise(server, next)).total.amount, '26.000000000')
  const revenue = await server.expect(200, 'GET', `/api/reports/revenue?from=${month(2)}&to=${month(1)}`)
  assert.deepEqual(revenue.months.map((each) => each.billed.amount), ['23.000000000', '23.000000000'], 'what came late counts in the month that it is of')
})

test('the list is filtered, sorted and paged, also as a file', async (t) => {
  const { server, key, draft } = await lastMonth(t, { rentals: 1, starts: monthAgo(3) })
  const invoices = await until(async () => ((await drafts(server)).length === 3 ? drafts(server) : null), { what: 'three drafts' })
  await finalise(server, invoices[0])
  const ids = async (query) => (await server.expect(200, 'GET', `/api/invoices?${query}`)).data.map((each) => each.id)
  const [a, b, c] = invoices.map((each) => each.id)
  assert.deepEqual(await ids('state=draft&sort=period'), [c, b])
  assert.deepEqual(await ids('state=final'), [a])
  assert.deepEqual(await ids(`q=${year()}-0001`), [a])
  assert.deepEqual(await ids(`q=DANA&sort=period&order=asc&customer_id=${key.customer_id}`), [a, b, c])
  assert.deepEqual(await ids(`from=${invoices[1].to}&to=${invoices[1].to}`), [b])
  assert.deepEqual(await ids('overdue=true'), [])
  for (const sort of ['created_at', 'number', 'customer', 'period', 'total', 'due_at']) {
    for (const order of ['asc', 'desc']) {
      const whole = await ids(`sort=${sort}&order=${order}`)
      const seen = []
      for (let cursor = ''; cursor !== null;) {
        const page = await server.expect(200, 'GET', `/api/invoices?sort=${sort}&order=${order}&limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        assert.deepEqual([page.count, page.all_count], [3, 3])
        seen.push(...page.data.map((each) => each.id))
        cursor = page.next_cursor
      }
      assert.deepEqual(seen, whole, `${sort} ${order}`)
      assert.equal(new Set(seen).size, 3)
    }
  }
  const file = await server.get('/api/invoices.csv?sort=period&order=asc')
  assert.deepEqual(table(file).map((row) => [row.id, row.number, row.state, row.from, row.total, row.currency]), invoices.map((each, at) => [String(each.id), at === 0 ? `${year()}-0001` : '', at === 0 ? 'final' : 'draft', each.from, '20.000000000', 'USD']))
  for (const [code, query] of [['unknown_value', 'state=open'], ['unknown_value', 'overdue=yes'], ['unknown_value', 'sort=name'], ['malformed_day', 'from=2026-02-30'], ['range_reversed', 'from=2026-02-01&to=2026-01-01'], ['malformed_id', 'customer_id=x'], ['malformed_cursor', 'cursor=x'], ['out_of_range', 'limit=0'], ['too_long', `q=${'x'.repeat(201)}`], ['unknown_parameter', 'days=3']]) {
    await server.refused(400, code, 'GET', `/api/invoices?${query}`)
  }
  assert.equal(draft.id, c)
})

test('who does not pay is suspended when the setting says so, and let on again', async (t) => {
  const { server: first, key, draft } = await lastMonth(t, { rentals: 1 })
  await finalise(first, draft)
  await first.expect(200, 'PUT', '/api/settings', { arrears_days: 5 })
  const of = `/api/customers/${key.customer_id}`
  await first.refused(409, 'not_in_arrears', 'POST', `${of}/arrears/lift`)
  const server = await changed(t, first, `UPDATE invoices SET due_at = due_at - 30 * ${DAY}`)
  const billing = await until(async () => {
    const now = await server.expect(200, 'GET', `${of}/billing`)
    return now.arrears_since && now
  }, { what: 'the suspension' })
  assert.equal(billing.overdue_count, 1)
  assert.equal((await asCustomer(server, key, 'GET', '/api/stats/me')).json.code, 'customer_suspended')
  assert.deepEqual((await server.expect(200, 'GET', '/api/invoices?overdue=true')).data.map((each) => [each.id, each.overdue]), [[draft.id, true]])
  assert.equal((await server.expect(200, 'POST', `${of}/arrears/lift`)).arrears_since, null)
  assert.equal((await asCustomer(server, key, 'GET', '/api/stats/me')).status, 200)
  await server.refused(409, 'not_in_arrears', 'POST', `${of}/arrears/lift`)
})

test('what is wrong names the field, and reading takes the scope read', async (t) => {
  const server = await Server.start(t)
  const key = await customerKey(server)
  const billing = `/api/customers/${key.customer_id}/billing`
  for (const [code, field, body] of [['invalid_amount', 'tax_rate', { tax_rate: '1.0001' }], ['invalid_amount', 'tax_rate', { tax_rate: 'much' }], ['out_of_range', 'tax_rate', { tax_rate: '100.001' }], ['out_of_range', 'tax_rate', { tax_rate: '-1' }], ['wrong_type', 'tax_rate', { tax_rate: 19 }], ['too_long', 'address', { address: 'x'.repeat(20_001) }], ['control_characters', 'tax_id', { tax_id: 'a\u0007' }], ['unknown_field', 'name', { name: 'x' }]]) {
    await server.refused(400, code, 'PUT', billing, body, { field })
  }
  assert.equal((await server.expect(200, 'PUT', billing, { tax_rate: '8.375' })).tax_rate, '8.375')
  for (const [code, field, body] of [['out_of_range', 'payment_days', { payment_days: 366 }], ['out_of_range', 'arrears_days', { arrears_days: -1 }], ['too_long', 'seller_name', { seller_name: 'x'.repeat(20_001) }]]) {
    await server.refused(400, code, 'PUT', '/api/settings', body, { field })
  }
  for (const [method, path, body] of [['GET', ''], ['PUT', '', { notes: '' }], ['POST', '/finalise'], ['POST', '/pay'], ['POST', '/credit', { reason: 'x' }], ['GET', '/lines/1/events'], ['GET', '/lines/1/events.csv']]) {
    await server.refused(404, 'unknown_invoice', method, `/api/invoices/999${path}`, body)
  }
  for (const [code, query] of [['malformed_month', 'from=2026-1&to=2026-02'], ['malformed_month', 'from=2026-13&to=2027-01'], ['range_incomplete', 'from=2026-01'], ['range_reversed', 'from=2026-02&to=2026-01'], ['range_too_long', 'from=2020-01&to=2026-01'], ['malformed_id', 'plan_id=x'], ['out_of_range', 'limit=0']]) {
    await server.refused(400, code, 'GET', `/api/reports/revenue?${query}`)
  }
  await server.refused(404, 'unknown_plan', 'GET', '/api/reports/revenue?plan_id=999')
  await server.refused(404, 'unknown_customer', 'GET', '/api/reports/revenue?customer_id=999')
  await server.refused(400, 'unknown_value', 'GET', '/api/reports/top-customers?by=name', undefined, { field: 'by' })
  await server.refused(400, 'range_incomplete', 'GET', '/api/reports/top-customers?from=2026-01-01')
  const token = await server.makeToken('reader', 'read')
  for (const path of ['/api/invoices', '/api/invoices.csv', billing, '/api/reports/revenue', '/api/reports/revenue.csv', '/api/reports/top-customers', '/api/reports/top-customers.csv']) assert.equal((await server.get(path, { token })).status, 200)
  for (const [method, path, body] of [['PUT', billing, {}], ['POST', '/api/invoices/1/finalise'], ['POST', '/api/invoices/1/pay'], ['POST', '/api/invoices/1/credit', { reason: 'x' }], ['POST', `/api/customers/${key.customer_id}/arrears/lift`]]) {
    await server.refused(403, 'insufficient_scope', method, path, body, { token })
  }
})

/** The numbers of a year that are not there, and those that are there twice. */
function faults(numbers) {
  const counts = numbers.map((number) => Number(number.split('-')[1])).sort((a, b) => a - b)
  const missing = Array.from({ length: counts.at(-1) ?? 0 }, (_, at) => at + 1).filter((count) => !counts.includes(count))
  return { missing, twice: counts.filter((count, at) => counts[at - 1] === count) }
}

/** Everything that is not a draft: its number by its id. */
async function numbered(server) {
  const all = []
  for (let cursor = ''; cursor !== null; ) {
    const { data, next_cursor: next } = await server.expect(200, 'GET', `/api/invoices?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
    all.push(...data)
    cursor = next
  }
  return new Map(all.filter((each) => each.number).map((each) => [each.id, each.number]))
}

test('concurrent finalisations, killed again and again, leave no gap in the numbers', async (t) => {
  let server = await Server.start(t)
  for (let number = 0; number < CUSTOMERS; number++) await subscribe(server, await customerKey(server), { starts: monthAgo(8) })
  await server.stop()
  server = await server.again(t)
  await until(async () => (await server.expect(200, 'GET', '/api/invoices?state=draft&limit=1')).count === DRAFTS, { what: 'eight drafts for each customer' })
  const acknowledged = new Map()
  for (let round = 0; (await drafts(server)).length > 0; round++) {
    const open = await drafts(server)
    const attempts = open.map(async ({ id }) => {
      const answer = await server.call('POST', `/api/invoices/${id}/finalise`).catch(() => null)
      if (answer?.status === 200) acknowledged.set(id, answer.json.number)
      else if (answer) assert.ok(['earlier_draft', 'already_final'].includes(answer.json.code), answer.body)
    })
    if (round < KILLS) {
      const before = acknowledged.size
      await until(() => acknowledged.size > before + round, { every: 1, what: 'the first of a round' })
      await server.kill()
    }
    await Promise.all(attempts)
    if (round < KILLS) server = await server.again(t)
    assert.ok(round < 40, 'it comes to an end')
  }
  const numbers = await numbered(server)
  assert.equal(numbers.size, DRAFTS)
  assert.deepEqual(faults([...numbers.values()]), { missing: [], twice: [] })
  for (const [id, number] of acknowledged) assert.equal(numbers.get(id), number, 'what was acknowledged stays')

  // The control: a number that was given out and lost would be seen.
  await server.stop()
  const copy = await mkdtemp(path.join(os.tmpdir(), 'keyledger-e2e-'))
  t.after(() => import('node:fs/promises').then(({ rm }) => rm(copy, { recursive: true, force: true })))
  await cp(server.dataDir, path.join(copy, 'data'), { recursive: true, filter: (from) => !from.endsWith('.sock') })
  sqlite(path.join(copy, 'data', 'keyledger.db'), `UPDATE document_numbers SET last = last + 1; UPDATE invoices SET number = '${year()}-${DRAFTS + 2}' WHERE number = '${year()}-${DRAFTS}'`)
  const broken = await Server.start(t, { dataDir: path.join(copy, 'data') })
  assert.deepEqual(faults([...(await numbered(broken)).values()]).missing, [DRAFTS, DRAFTS + 1])
})

test('the command line does the same', async (t) => {
  const { server, key, draft } = await lastMonth(t)
  const said = async (args, code = 0) => {
    const done = await server.run(args)
    assert.equal(done.code, code, `${args.join(' ')}: ${done.stderr}${done.stdout}`)
    return done.stdout + (code === 0 ? '' : done.stderr)
  }
  const customer = String(key.customer_id)
  const id = String(draft.id)
  assert.match(await said(['settings', 'change', '--seller-tax-id', 'GB2', '--payment-days', '0']), /GB2/)
  assert.match(await said(['customers', 'billing', customer, '--address', 'Harbour Street', '--tax-rate', '19', '--tax-included']), /Harbour Street[\s\S]*19/)
  assert.match(await said(['customers', 'billing', customer]), /Dana/)
  assert.match(await said(['invoices', 'list', '--state', 'draft']), /Dana .*\$23\.00 .*draft/)
  const shown = await said(['invoices', 'show', id])
  assert.match(shown, /10 included/)
  assert.match(shown, /2 at \$1\.50 +\$3\.00/)
  assert.match(shown, /Tax 19 %, included +\$3\.67/)
  assert.match(await said(['invoices', 'preview', customer]), /its period is not over yet/)
  assert.match(await said(['invoices', 'export']), /^invoice,customer,state,line,.*\r\n(.*\r\n)*,Dana,draft,3,usage,.*,rentals,tier,2,,1\.500000000,3\.000000000,3\.000000000,USD/)
  await said(['invoices', 'finalise'], 2)
  await said(['invoices', 'finalise', id, '--all'], 2)
  assert.match(await said(['invoices', 'finalise', '--all']), new RegExp(`${year()}-0001[\\s\\S]*1 made final, 0 left as drafts`))
  assert.match(await said(['invoices', 'finalise', '--all']), /There is no draft that can be final/)
  await said(['invoices', 'finalise', id], 1)
  assert.match(await said(['invoices', 'credit', id, '--total', '3', '--reason', 'A bad day']), new RegExp(`Credit note CN-${year()}-0001: A bad day +-\\$3\\.00`))
  assert.match(await said(['invoices', 'pay', id, '--note', 'Cash']), /paid/)
  assert.equal(JSON.parse(await said(['invoices', 'show', id, '--json'])).paid_note, 'Cash')
  await said(['invoices', 'show', '999'], 3)
  const revenue = await said(['report', 'revenue', '--from', month(1), '--to', month(0)])
  assert.match(revenue, /\$19\.33 billed, \$2\.52 of it credited, \$16\.81 earned so far/)
  assert.match(revenue, new RegExp(`${month(0)} .*█`))
  assert.match(await said(['report', 'revenue', '--csv']), /^customer_id,plan_id,customer_name,plan_name,month,billed,/)
  assert.match(await said(['report', 'top-customers', '--days', '90', '--by', 'rentals']), /12 rentals[\s\S]*Dana .*100\.0 % {2}█{20}/)
  const made = JSON.parse(await said(['customer-keys', 'create', '--name', 'Eve', '--plan', '1', '--json']))
  assert.equal(made.plan_name, 'Basic')
  assert.match(await said(['audit', 'list']), /invoices?\.finalise/)
})
