// The server as a whole, against the aims: start to first answer 150 ms; 30 MiB at rest; GET /api/usage?days=90 over three
// years of 200 keys and 20 models within 20 ms (p99); 3,000 durable changes a second with 64 clients.
// A key's recent calls and its sums within 10 ms (p99), however many the ledger has: here 10 million, or as many as
// KEYLEDGER_BENCH_EVENTS says. Reports over all of them within 100 ms.
//   node bench/server.bench.mjs [start] [memory] [usage] [changes] [activity] [reports]     all without arguments
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { letters } from '../tests/e2e/lib/organization.mjs'
import { context, fresh, load, main, measure, percentile, run, say, seed, settled } from './lib/load.mjs'

async function benchStart() {
  const times = []
  const server = await fresh({ token: false })
  await server.stop()
  for (let round = 0; round < 10; round++) {
    const start = performance.now()
    const again = await server.again(context, { token: false })
    await again.expect(200, 'GET', '/api/health')
    times.push(performance.now() - start)
    await again.stop()
  }
  times.sort((a, b) => a - b)
  say('start to first answer, median of 10', `${percentile(times, 0.5).toFixed(0)} ms`, '150 ms')
}

async function benchMemory() {
  const server = await fresh()
  await server.expect(200, 'GET', '/api/accounts')
  await settled(3000)
  say('memory at rest', `${((await server.memory('VmRSS')) / 1024).toFixed(1)} MiB`, '30 MiB')
  const smaps = await readFile(`/proc/${server.pid}/smaps_rollup`, 'utf8')
  say('  of it its own', `${(Number(/^Private_Dirty:\s+(\d+)/m.exec(smaps)[1]) / 1024).toFixed(1)} MiB`, '')
}

async function benchUsage() {
  const server = await fresh()
  await server.account('bench@example.com')
  await server.stop()
  const database = [...(await server.files()).keys()].find((name) => /\.(db|sqlite3?)$/.test(name))
  const usage = new URL('usage_seed.sql', import.meta.url).pathname
  await run('sqlite3', [path.join(server.dataDir, database), `.read ${usage}`], { maxBuffer: 1 << 24 })
  const again = await server.again(context, { token: false })
  again.token = server.token
  for (const query of ['days=90', 'days=90&group_by=key', 'days=90&group_by=model', 'days=1098']) {
    const start = performance.now()
    const report = await again.expect(200, 'GET', `/api/usage?${query}`)
    const first = performance.now() - start
    assert.ok(report.totals.input_tokens > 0, 'the seed is there')
    const request = `GET /api/usage?${query} HTTP/1.1\r\nHost: 127.0.0.1:${again.port}\r\nAuthorization: Bearer ${again.token}\r\n\r\n`
    const { times } = await load(again, 1, 4, () => request)
    say(`GET /api/usage?${query}: p50, p99`, `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.99).toFixed(1)} ms`, query === 'days=90' ? '20 ms (p99)' : '')
    say('  the first time, when nothing is kept yet', `${first.toFixed(0)} ms`, '')
  }
}

async function benchChanges() {
  for (const clients of [1, 64]) {
    const server = await fresh()
    const account = await server.account()
    let serial = 0
    const requestOf = () => {
      const body = JSON.stringify({ name: `key ${++serial}`, full_key: `sk-proj-${letters(`bench${clients}/${serial}`, 30)}`, account_id: account.id, provider: 'openai' })
      return `POST /api/keys HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    }
    const { rate, times } = await load(server, clients, 5, requestOf)
    say(`keys added by ${clients} client${clients > 1 ? 's' : ''}`, `${rate.toFixed(0)} /s`, clients > 1 ? '3,000 /s' : '')
    say('  p50, p99', `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.99).toFixed(1)} ms`, '')
    const syncs = await countSyncs(server, async () => (await load(server, clients, 2, requestOf)).times.length)
    say('  changes to one sync', `${syncs.toFixed(1)}`, clients > 1 ? 'many' : '1')
  }
}

let busy
/** A server with the calls, put in once for all that measure over them. */
async function busyServer() {
  if (busy) return busy
  const events = Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 10_000_000)
  const server = await fresh()
  await server.stop()
  const calls = (await readFile(new URL('activity_seed.sql', import.meta.url), 'utf8')).replaceAll('$EVENTS', String(events))
  say(`${events} calls put in`, `${(await seed(server, calls)).toFixed(0)} s`)
  busy = await server.again(context, { token: false })
  busy.token = server.token
  return busy
}

async function benchActivity() {
  const server = await busyServer()
  const month = 30 * 86_400_000
  const since = new Date(Date.now() - 2 * month).toISOString()
  const until = new Date(Date.now() - 2 * month + 3_600_000).toISOString()
  const cases = [['recent calls of one key', (key) => `/api/customer-keys/${key}/activity`, '10 ms (p99)'],
    ['  of one customer (10 keys)', (key) => `/api/activity?customer_id=${key % 100 + 1}`, ''],
    ['  of all', () => '/api/activity', ''],
    ['  of all, an hour two months ago', () => `/api/activity?from=${since}&to=${until}`, ''],
    ['  of one key, only refusals', (key) => `/api/customer-keys/${key}/activity?status=rate_limited`, ''],
    ['stats of one key, 30 days', (key) => `/api/customer-keys/${key}/stats?days=30`, '10 ms (p99)'],
    ['  of one key, 366 days', (key) => `/api/customer-keys/${key}/stats?days=366`, ''],
    ['  of all keys, 1 day', () => '/api/stats?days=1', ''],
    ['  of all keys, 30 days', () => '/api/stats?days=30', '']]
  await measure(server, cases)
}

/** 90 days hold all calls; the default is 30. */
async function benchReports() {
  const server = await busyServer()
  const outcomes = await server.expect(200, 'GET', '/api/reports/outcomes?days=92')
  assert.equal(outcomes.total, Number(process.env.KEYLEDGER_BENCH_EVENTS ?? 10_000_000), 'the report counts every call')
  const all = (path) => () => `/api/reports/${path}`
  await measure(server, [['popular accounts, 90 days', all('popular-accounts?days=90'), '100 ms (p99)'],
    ['  30 days', all('popular-accounts'), '100 ms (p99)'],
    ['  of one customer, 90 days', (key) => `/api/reports/popular-accounts?days=90&customer_id=${key % 100 + 1}`, '100 ms (p99)'],
    ['websites, 90 days', all('websites?days=90'), '100 ms (p99)'],
    ['peak times, 90 days', all('peak-times?days=90'), '100 ms (p99)'],
    ['  three years', all('peak-times?days=1098'), '100 ms (p99)'],
    ['  of one key, 90 days', (key) => `/api/reports/peak-times?days=90&key_id=${key}`, '100 ms (p99)'],
    ['  of one customer (10 keys), 30 days', (key) => `/api/reports/peak-times?customer_id=${key % 100 + 1}`, '100 ms (p99)'],
    ['outcomes, 90 days', all('outcomes?days=90'), '100 ms (p99)'],
    ['  by action', all('outcomes?days=90&group_by=action'), '100 ms (p99)'],
    ['  of one website', all('outcomes?days=90&website=site3'), '100 ms (p99)'],
    ['  of one customer (10 keys), 90 days', (key) => `/api/reports/outcomes?days=90&customer_id=${key % 100 + 1}`, '100 ms (p99)']])
}

/** How many changes share one sync of the disk, counted by strace, which slows the server down: a run of its own. */
async function countSyncs(server, work) {
  const tracer = spawn('strace', ['-f', '-c', '-e', 'trace=fdatasync,fsync', '-p', String(server.pid)])
  let told = ''
  tracer.stderr.setEncoding('utf8').on('data', (text) => (told += text))
  const ended = new Promise((done) => tracer.on('close', done))
  await settled(500)
  const changes = await work()
  tracer.kill('SIGINT')
  await ended
  const calls = [...told.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f(?:data)?sync$/gm)].map((line) => Number(line[1]))
  return changes / calls.reduce((sum, each) => sum + each, 0)
}

await main({ start: benchStart, memory: benchMemory, usage: benchUsage, changes: benchChanges, activity: benchActivity, reports: benchReports }, process.argv.slice(2))
