// From the ledger to invoices: a month of calls, drafted, rated and finalised, and the reports about what came of it.
//   node bench/invoices.bench.mjs [--events 10000000] [--customers 1000]
// Aims: everything finalised within 10 s; reports within 100 ms (p99). At the end the control: numbers without a gap, lines that
// add up to their invoices, and, for the customers in UTC, each counted unit as a plain count of the events has it.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { until } from '../tests/e2e/lib/network.mjs'
import { context, fresh, main, percentile, processorTime as microseconds, run, say } from './lib/load.mjs'

const { values: wanted } = parseArgs({ options: { events: { type: 'string', default: '10000000' }, customers: { type: 'string', default: '1000' } } })
const EVENTS = Number(wanted.events)
const CUSTOMERS = Number(wanted.customers)
const DAY = 86_400_000
const ROUNDS = 50

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`
const processorTime = async (pid) => (await microseconds([pid])) / 1000

/** How long something takes, and how much processor time of the server. */
async function timed(server, work) {
  const [began, used] = [performance.now(), await processorTime(server.pid)]
  const result = await work()
  return { result, took: performance.now() - began, processor: (await processorTime(server.pid)) - used }
}

const figures = ({ took, processor }) => `${seconds(took)}, cpu ${seconds(processor)}`

/** The newest month that is over on the clocks of every zone. */
function monthToBill(now = new Date(Date.now() - 2 * DAY)) {
  return { from: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1), until: Date.UTC(now.getUTCFullYear(), now.getUTCMonth()) }
}

const sqlite = async (server, script) => {
  const child = run('sqlite3', ['-bail', path.join(server.dataDir, 'keyledger.db')], { maxBuffer: 1 << 26 })
  child.child.stdin.end(script)
  return (await child).stdout
}
const numberOf = async (server, sql) => Number(await sqlite(server, `${sql};`))

async function seeded(month) {
  const server = await fresh()
  await server.stop()
  const names = { EVENTS, CUSTOMERS, FROM: month.from, UNTIL: month.until, FIRST_DAY: month.from / DAY }
  const seed = (await readFile(new URL('invoices_seed.sql', import.meta.url), 'utf8')).replace(/\$([A-Z_]+)/g, (_, name) => names[name])
  const began = performance.now()
  await sqlite(server, seed)
  say(`${EVENTS} calls of ${CUSTOMERS} customers put in`, seconds(performance.now() - began))
  return server
}

const drafts = (server) => server.expect(200, 'GET', '/api/invoices?state=draft&limit=1').then((list) => list.count)

async function benchInvoices(server) {
  const drafted = await timed(server, () => until(async () => (await drafts(server)) >= CUSTOMERS, { seconds: 300, every: 20, what: 'a draft for every customer' }))
  say('drafts made', figures(drafted))
  const looked = await timed(server, async () => {
    for (let cursor = ''; cursor !== null; ) {
      cursor = (await server.expect(200, 'GET', `/api/invoices?state=draft&limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).next_cursor
    }
  })
  say('all drafts looked at, each rated', figures(looked))
  const finalised = await timed(server, async () => {
    const done = await server.run(['invoices', 'finalise', '--all'], { seconds: 600 })
    assert.equal(done.code, 0, done.stderr)
  })
  say('all of them finalised (keyledger invoices finalise --all)', figures(finalised))
  say('from drafts to final invoices', seconds(looked.took + finalised.took), '10 s')
}

/** What the invoices say, held against the events themselves. */
async function control(server, month) {
  assert.equal(await numberOf(server, "SELECT COUNT(*) FROM invoices WHERE state <> 'draft'"), CUSTOMERS)
  assert.equal(await numberOf(server, "SELECT COUNT(DISTINCT number) FROM invoices"), CUSTOMERS)
  assert.equal(await numberOf(server, "SELECT MAX(CAST(substr(number, 6) AS INTEGER)) FROM invoices"), CUSTOMERS)
  assert.equal(await numberOf(server, `SELECT COUNT(*) FROM invoices i WHERE total_nanos <>
    (SELECT COALESCE(SUM(amount_nanos), 0) FROM invoice_lines l WHERE l.invoice_id = i.id)`), 0)
  const counts = { requests: 'SUM(CASE WHEN status < 2 THEN units ELSE 0 END)', rentals: 'SUM(CASE WHEN status = 0 AND action_id = 2 THEN 1 ELSE 0 END)' }
  for (const [metric, count] of Object.entries(counts)) {
    const billed = await numberOf(server, `SELECT SUM(l.quantity) FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
      WHERE i.customer_id % 3 = 0 AND l.metric = '${metric}'`)
    const counted = await numberOf(server, `SELECT ${count} FROM usage_events WHERE customer_key_id % 3 = 0 AND at >= ${month.from} AND at < ${month.until}`)
    assert.equal(billed, counted, `${metric} on the invoices, and in the ledger`)
  }
  say('control: numbers, sums, and units against the events', 'as they should be')
}

/** The same question again and again, over one connection. */
async function measure(server, name, target, aim = '100 ms (p99)') {
  const times = []
  const used = await processorTime(server.pid)
  for (let turn = 0; turn < ROUNDS; turn++) {
    const began = performance.now()
    await server.expect(200, 'GET', target((turn * 389) % CUSTOMERS + 1))
    times.push(performance.now() - began)
  }
  const processor = ((await processorTime(server.pid)) - used) / ROUNDS
  times.sort((a, b) => a - b)
  say(`${name}: p50, p99, cpu`, `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.99).toFixed(1)}, ${processor.toFixed(1)} ms`, aim)
}

async function benchReports(server, month) {
  const first = new Date(month.from).toISOString().slice(0, 10)
  const last = new Date(month.until - DAY).toISOString().slice(0, 10)
  const reports = [['revenue, 12 months', () => '/api/reports/revenue'],
    ['  of one customer', (customer) => `/api/reports/revenue?customer_id=${customer}`],
    ['top customers by revenue, the month', () => `/api/reports/top-customers?from=${first}&to=${last}&by=revenue`],
    ['  by calls, the month', () => `/api/reports/top-customers?from=${first}&to=${last}&by=calls`],
    ['  by calls, 90 days', () => '/api/reports/top-customers?days=90&by=calls'],
    ['this month so far, of one customer', (customer) => `/api/customers/${customer}/invoice-preview`],
    ['invoices, a page of 50', () => '/api/invoices'],
    ['one invoice', (customer) => `/api/invoices/${customer}`]]
  for (const [name, target] of reports) await measure(server, name, target)
}

async function invoices() {
  const month = monthToBill()
  const stopped = await seeded(month)
  const began = performance.now()
  const first = await stopped.run(['plans', 'list'], { seconds: 600 })
  assert.equal(first.code, 0, first.stderr)
  say('the first start, which sums up the days', seconds(performance.now() - began))
  const server = await stopped.again(context, { token: false })
  server.token = stopped.token
  await benchInvoices(server)
  await benchReports(server, month)
  await control(server, month)
}

await main({ invoices }, [])
