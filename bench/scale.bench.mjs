// How Keyledger stands size: many keys, many calls behind it, many connections, more load than it can take.
//   node bench/scale.bench.mjs [rent] [latency] [history] [keys] [idle] [overload]     all without arguments
//   --events 100M (of history; 10M)   --seconds 5
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { freePort, until } from '../tests/e2e/lib/network.mjs'
import { connection, context, folder, fresh, issue, load, main, measure, median, percentile, processorTime, run, say, seed, settled, startAgain } from './lib/load.mjs'

const { values: wanted, positionals } = parseArgs({ allowPositionals: true, options: { events: { type: 'string', default: '10M' }, seconds: { type: 'string', default: '5' } } })
const SECONDS = Number(wanted.seconds)
const counted = (text) => Number(text.replace(/M$/, '000000').replace(/k$/, '000'))
const micros = (milliseconds) => `${(milliseconds * 1000).toFixed(0)} µs`

const callOf = (server, key) => `GET /api/forward-auth HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-API-Key: ${key}\r\n\r\n`
const postOf = (server, target, key, body) => `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** Rent and return, one after the other, by 64 clients with a key each. Every pair is two synced answers. */
async function benchRent() {
  const server = await fresh()
  const site = await server.expect(201, 'POST', '/api/websites', { name: 'bench', validity_hours: 24, after_rental: 'pool' })
  for (let number = 0; number < 200; number++) await server.expect(201, 'POST', '/api/rental-accounts', { website: site.name, username: `user${number}`, password: 'secret', email: `user${number}@example.com` })
  const keys = await issue(server, 64)
  let over = false
  const pairs = []
  const renter = async (key) => {
    const exchange = await connection(server)
    const rent = postOf(server, '/api/accounts/rent', key, JSON.stringify({ website: site.name }))
    while (!over) {
      const start = performance.now()
      const rented = await exchange(rent)
      assert.ok(rented.status < 300, rented.body)
      const { id, rental_id } = JSON.parse(rented.body).account
      const returned = await exchange(postOf(server, `/api/accounts/return/${id}`, key, JSON.stringify({ rental_id })))
      assert.equal(returned.status, 200, returned.body)
      pairs.push(performance.now() - start)
    }
    exchange.socket.destroy()
  }
  setTimeout(() => (over = true), SECONDS * 1000)
  const before = await processorTime([server.pid])
  await Promise.all(keys.map(renter))
  const used = (await processorTime([server.pid])) - before
  pairs.sort((a, b) => a - b)
  say('rent and return, 64 clients', `${(pairs.length / SECONDS).toFixed(0)} pairs/s`, '5,000')
  say('  p50, p99 of a pair', `${percentile(pairs, 0.5).toFixed(1)}, ${percentile(pairs, 0.99).toFixed(1)} ms`)
  say('  processor time of a pair', `${(used / pairs.length).toFixed(0)} µs`)
}

/** How long a write of a page and its sync take on the disk that the data folder is on: p50 and p99 in ms. */
async function syncTimes() {
  const file = await open(path.join(await folder(), 'sync'), 'w')
  const page = Buffer.alloc(4096, 1)
  const times = []
  for (let round = 0; round < 500; round++) {
    const start = performance.now()
    await file.write(page)
    await file.datasync()
    times.push(performance.now() - start)
  }
  await file.close()
  times.sort((a, b) => a - b)
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

/** What an answer takes on an idle server beyond one sync, and at half of what the server can do. */
async function benchLatency() {
  const server = await fresh({ args: ['--threads', '1'] })
  const keys = await issue(server, 1000)
  const sync = await syncTimes()
  const { times } = await load(server, 1, SECONDS, () => callOf(server, keys[0]))
  say('one sync of the disk: p50, p99', `${micros(sync.p50)}, ${micros(sync.p99)}`)
  say('a call on an idle server: p50, p99', `${micros(percentile(times, 0.5))}, ${micros(percentile(times, 0.99))}`)
  say('  beyond one sync, p50', micros(percentile(times, 0.5) - sync.p50), '100 µs')
  await run('taskset', ['-a', '-c', '-p', '0', String(server.pid)]) // from here on the load has a core of its own
  const { rate } = await wrk(server, keys, { connections: 64 })
  const half = await wrk(server, keys, { connections: 256, pause: 256 / (rate / 2) * 1000 - sync.p50 * 2 })
  say(`at ${half.rate.toFixed(0)} of ${rate.toFixed(0)} calls a second: p50, p99`, `${micros(half.p50)}, ${micros(half.p99)}`)
  say('  p99 in syncs (p50)', (half.p99 / sync.p50).toFixed(1), '3')
  await server.stop()
  const floor = await wrk(await fixedAnswer(), keys, { connections: 256, pause: 256 / (rate / 2) * 1000 })
  say(`nginx, a fixed answer, ${floor.rate.toFixed(0)} a second: p50, p99`, `${micros(floor.p50)}, ${micros(floor.p99)}`, 'none: what the load and the machine add')
}

/** nginx with an answer that never changes: what is seen of it is not its own doing. Its one worker has the first core, or, `wide`, two have both. */
async function fixedAnswer({ wide = false } = {}) {
  const [place, port] = [await folder(), await freePort()]
  await mkdir(path.join(place, 'tmp'))
  await writeFile(path.join(place, 'nginx.conf'), `worker_processes ${wide ? 2 : 1}; daemon off; pid nginx.pid; error_log nginx.err;
events { worker_connections 20000; }
worker_rlimit_nofile 30000;
http { client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp; access_log off; keepalive_requests 100000000;
  server { listen 127.0.0.1:${port}; location / { return 200 'x'; } } }`)
  const child = spawn('taskset', ['-c', wide ? '0,1' : '0', 'nginx', '-p', place, '-c', 'nginx.conf', '-e', 'nginx.err'], { stdio: 'ignore' })
  context.after(() => child.kill('SIGTERM'))
  await until(() => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false), { what: 'nginx' })
  return { port }
}

/** Load by wrk on the second core. `pause`: how many milliseconds each connection rests between its calls on average. Times in milliseconds. */
async function wrk(server, keys, { connections = 64, pause = 0 } = {}) {
  const script = path.join(await folder(), 'keys.lua')
  await writeFile(`${script}.txt`, keys.join('\n'))
  await writeFile(script, `
local requests = {}
init = function() math.randomseed(os.time()) for key in io.lines("${script}.txt") do wrk.headers["X-API-Key"] = key requests[#requests + 1] = wrk.format("GET", "/api/forward-auth") end end
request = function() return requests[math.random(#requests)] end
${pause > 0 ? `delay = function() return math.random(0, ${Math.round(2 * pause)}) end` : ''}
done = function(summary, latency) io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.errors.status, summary.duration, latency:percentile(50), latency:percentile(99))) end
`)
  const before = server.pid ? await processorTime([server.pid]) : 0
  const { stdout } = await run('taskset', ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${SECONDS}s`, '--timeout', '30s', '-s', script, `http://127.0.0.1:${server.port}`])
  await settled(300)
  const [requests, refused, duration, p50, p99] = /RESULT (.*)/.exec(stdout)[1].split(' ').map(Number)
  assert.equal(refused, 0, 'every call is admitted')
  const cost = server.pid ? ((await processorTime([server.pid])) - before) / requests : undefined // microseconds of processor time
  return { requests, cost, rate: requests / duration * 1e6, p50: p50 / 1000, p99: p99 / 1000 }
}

/** Processor time of a call, the median of three rounds, in microseconds. */
async function costOfCall(server, keys) {
  const rounds = []
  for (let round = 0; round < 3; round++) rounds.push((await wrk(server, keys)).cost)
  return median(rounds)
}

/** The same of several servers, in turn and so under the same weather, in five rounds after one that does not count. */
async function costsInTurn(servers) {
  const rounds = servers.map(() => [])
  for (let round = 0; round <= 5; round++) {
    for (const [at, { server, keys }] of servers.entries()) {
      const { cost } = await wrk(server, keys)
      if (round > 0) rounds[at].push(cost)
    }
  }
  return rounds.map(median)
}

async function withHistory(events) {
  const server = await fresh()
  const keys = await issue(server, 1000)
  await server.stop()
  const bare = (await stat(path.join(server.dataDir, 'keyledger.db'))).size
  // The seed's customers and keys are numbered from 1; the issued ones give way, and are its first thousand keys.
  const sql = (await readFile(new URL('activity_seed.sql', import.meta.url), 'utf8')).replaceAll('$EVENTS', String(events))
    .replaceAll('INSERT INTO customers (', 'INSERT OR IGNORE INTO customers (').replaceAll('INSERT INTO customer_keys (', 'INSERT OR IGNORE INTO customer_keys (')
  const seconds = await seed(server, sql)
  // What the seed did not make, the first start does, or the minute after it.
  const first = await startAgain(server, { patience: 1800 })
  await until(async () => (await run('sqlite3', ['-readonly', path.join(server.dataDir, 'keyledger.db'), 'SELECT COUNT(*) < (SELECT MAX(id) / 1024 FROM rentals) FROM rental_sheets'])).stdout.trim() === '0', { seconds: 600, what: 'the rentals on their sheets' })
  await first.again.stop()
  const bytes = (await stat(path.join(server.dataDir, 'keyledger.db'))).size - bare
  const { again, milliseconds } = await startAgain(server)
  return { server: again, keys, seconds, bytes, first: first.milliseconds, milliseconds }
}

/** What history costs: nothing of what is asked or written grows with it. */
async function benchHistory() {
  const events = counted(wanted.events)
  const small = await withHistory(1_000_000)
  const large = await withHistory(events)
  const { server, seconds, bytes, first, milliseconds } = large
  say(`${events} events put in`, `${seconds.toFixed(0)} s`)
  say('  disk, rollups and indexes included', `${(bytes / events).toFixed(1)} B/event`, '80')
  say('  the first start', `${(first / 1000).toFixed(1)} s`)
  say('  start to first answer', `${milliseconds.toFixed(0)} ms`, '2 s')
  const [costThen, cost] = await costsInTurn([small, large])
  say('a call: processor time, to that after 1M events', `${cost.toFixed(1)} µs, ${(cost / costThen).toFixed(2)}`, '1.1')
  await small.server.stop()
  const report = (target) => () => `/api/reports/${target}`
  await measure(server, [['recent calls of one key', (key) => `/api/customer-keys/${key}/activity`, '10 ms (p99)'],
    ['popular accounts, 90 days', report('popular-accounts?days=90'), '100 ms (p99)'],
    ['websites, 90 days', report('websites?days=90'), '100 ms (p99)'],
    ['peak times, 90 days', report('peak-times?days=90'), '100 ms (p99)'],
    ['outcomes, 90 days', report('outcomes?days=90'), '100 ms (p99)'],
    ['revenue, 12 months', report('revenue'), '100 ms (p99)'],
    ['top customers, 30 days', report('top-customers'), '100 ms (p99)']])
}

const MILLION_KEYS = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN;
INSERT INTO customers (name, email, email_folded, notes, timezone, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT 'Customer ' || i, '', '', '', '', 0, 0 FROM n;
CREATE TEMP TABLE base AS SELECT COALESCE((SELECT MAX(id) FROM customer_keys), 0) AS last, (SELECT MAX(id) FROM customers) AS customer;
INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 990000)
  SELECT last + i, customer - i % 10000, 'Key ' || i, 'urt_0000...0000', '', '', '', '', 0, 0 FROM n, base;
INSERT INTO customer_key_digests (digest, customer_key_id, created_at)
  SELECT digest, id, 0 FROM (SELECT id, randomblob(32) AS digest FROM customer_keys, base WHERE id > last) ORDER BY digest;
INSERT INTO customer_key_limits SELECT id, 'requests', 'day', 100 FROM customer_keys, base WHERE id > last ORDER BY id;
COMMIT; PRAGMA wal_checkpoint(TRUNCATE);`

/** A million customer keys: 10,000 that call, made through the API, and 990,000 beside them. */
async function benchKeys() {
  const server = await fresh()
  const keys = await issue(server, 10_000)
  const costThen = await costOfCall(server, keys)
  await server.stop()
  await seed(server, MILLION_KEYS)
  const starts = []
  for (let round = 0; round < 3; round++) {
    const { again, milliseconds } = await startAgain(server)
    starts.push(milliseconds)
    await again.stop()
  }
  const { again } = await startAgain(server)
  say('a million keys: start to first answer, median of 3', `${(median(starts) / 1000).toFixed(2)} s`, '2 s')
  say('  resident', `${((await again.memory('VmRSS')) / 1024).toFixed(0)} MiB`, '150 MiB')
  const cost = await costOfCall(again, keys)
  say('  a call: processor time, to that with 10,000', `${cost.toFixed(1)} µs, ${(cost / costThen).toFixed(2)}`)
  const program = new URL('../build/release/bench/service_bench', import.meta.url).pathname
  const { stdout } = await run(program, ['--benchmark_filter=^look_up/', '--benchmark_format=json', '--benchmark_repetitions=5', '--benchmark_report_aggregates_only=true'], { maxBuffer: 1 << 24 })
  const medians = JSON.parse(stdout).benchmarks.filter((each) => each.aggregate_name === 'median').map((each) => each.cpu_time)
  say('  looking one up, to that of 10,000', `${medians[1].toFixed(0)} ns, ${(medians[1] / medians[0]).toFixed(2)}`, '1.3')
}

/** As many connections as a server takes, less a few, that say nothing, and one that calls. */
const IDLE = 9_990
async function benchIdle() {
  const server = await fresh()
  const [key] = await issue(server, 1)
  const before = await server.memory('VmRSS')
  const used = await processorTime([server.pid])
  const sockets = []
  for (let count = 0; count < IDLE; count += 270) {
    sockets.push(...(await Promise.all(Array.from({ length: 270 }, () => new Promise((ready, failed) => {
      const socket = net.connect(server.port, server.host, () => ready(socket)).on('error', failed)
    })))))
  }
  await settled(1000)
  const opened = await processorTime([server.pid])
  await settled(5000)
  const idle = (await processorTime([server.pid])) - opened
  const after = await server.memory('VmRSS')
  const { times } = await load(server, 1, 2, () => callOf(server, key))
  say(`${IDLE} idle connections: resident`, `${(after / 1024).toFixed(0)} MiB`)
  say('  of it for each', `${((after - before) / IDLE).toFixed(1)} KiB`)
  say('  opening one, processor time', `${((opened - used) / IDLE).toFixed(0)} µs`)
  say('  processor time while they idle', `${(idle / 5000 / 10).toFixed(2)} %`)
  say('  a call beside them: p50, p99', `${micros(percentile(times, 0.5))}, ${micros(percentile(times, 0.99))}`)
  for (const socket of sockets) socket.destroy()
}

/** Far more than the server can do: as many connections as it takes, all of which call without a pause, and others that still come. */
async function benchOverload() {
  const server = await fresh()
  const keys = await issue(server, 1000)
  const peak = await wrk(server, keys, { connections: 256 })
  const had = (await server.expect(200, 'GET', '/api/ledger/stats')).events
  const watch = await connection(server)
  const health = `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`
  let over = false
  const [healthy, refused] = [[], []]
  const watching = (async () => {
    while (!over) {
      const start = performance.now()
      assert.equal((await watch(health)).status, 200)
      healthy.push(performance.now() - start)
      await settled(20)
    }
  })()
  const crowding = (async () => {
    await settled(1500)
    const held = Array.from({ length: 300 }, () => net.connect(server.port, server.host).on('error', () => {}).resume()) // takes the last places
    for (await settled(200); !over; await settled(20)) {
      const start = performance.now()
      const text = await new Promise((done) => {
        const socket = net.connect(server.port, server.host).setEncoding('latin1')
        held.push(socket)
        const timer = setTimeout(() => done(''), 200) // let in: it stays, and takes a place
        socket.on('data', (answer) => { clearTimeout(timer); done(answer) }).on('error', () => done('')).on('close', () => done(''))
      })
      if (!text) continue
      assert.match(text, /^HTTP\/1.1 503 .*Retry-After: \d/s)
      refused.push(performance.now() - start)
    }
    for (const socket of held) socket.destroy()
  })()
  const loaded = await wrk(server, keys, { connections: 9_800 })
  over = true
  await Promise.all([watching, crowding])
  const ended = performance.now()
  let calm
  do calm = (await load(server, 1, 0.2, () => callOf(server, keys[0]))).times
  while (percentile(calm, 0.5) > 5 && performance.now() - ended < 30_000)
  const calmed = performance.now()
  say('  largest resident', `${((await server.memory('VmHWM')) / 1024).toFixed(0)} MiB`)
  const stored = (await server.expect(200, 'GET', '/api/ledger/stats')).events - had
  assert.ok(stored >= loaded.requests, 'every call that was acknowledged is in the ledger')
  for (const times of [healthy, refused]) times.sort((a, b) => a - b)
  say('9,800 connections that call without a pause: goodput', `${loaded.rate.toFixed(0)}/s, ${(loaded.rate / peak.rate * 100).toFixed(0)} % of ${peak.rate.toFixed(0)}`, '90 %')
  say('  processor time of a call, to that at the peak', `${loaded.cost.toFixed(1)} µs, ${(loaded.cost / peak.cost).toFixed(2)}`)
  say('  p50, p99', `${loaded.p50.toFixed(0)}, ${loaded.p99.toFixed(0)} ms`)
  say('  health meanwhile: p50, p99', `${percentile(healthy, 0.5).toFixed(0)}, ${percentile(healthy, 0.99).toFixed(0)} ms`, '100 ms')
  if (refused.length) say(`  503 with Retry-After to ${refused.length} newcomers: p50, p99`, `${percentile(refused, 0.5).toFixed(0)}, ${percentile(refused, 0.99).toFixed(0)} ms`, '50 ms')
  say('  as before again after', `${((calmed - ended) / 1000).toFixed(1)} s`, '5 s')
  await server.stop()
  const nginx = await fixedAnswer({ wide: true })
  const nginxPeak = await wrk(nginx, keys, { connections: 256 })
  const nginxLoaded = await wrk(nginx, keys, { connections: 9_800 })
  say('  nginx with a fixed answer under the same load', `${nginxLoaded.rate.toFixed(0)}/s, ${(nginxLoaded.rate / nginxPeak.rate * 100).toFixed(0)} % of ${nginxPeak.rate.toFixed(0)}`, 'none')
}

await main({ rent: benchRent, latency: benchLatency, history: benchHistory, keys: benchKeys, idle: benchIdle, overload: benchOverload }, positionals)
