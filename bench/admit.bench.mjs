// What a call costs, against peers, in one run: processor time per request of each server pinned to one core, the load
// generator (wrk) on the other.
//   (a) nginx, a fixed answer    (b) nginx, a map of the keys, limit_req by key and a buffered, unsynced access log
//   (c) HAProxy, the same from a map file and a stick table    (d) Keyledger: admitted, limited, and on disk before the answer
//   node bench/admit.bench.mjs [--seconds 5] [--rounds 3] [--connections 64,256] [--keys 10000] [--json FILE] [--docs]
// --docs puts the table into docs/benchmarks.md. At the end every call that Keyledger has acknowledged is looked for in its database.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { freePort, until } from '../tests/e2e/lib/network.mjs'
import { BINARY, Server } from '../tests/e2e/lib/server.mjs'
import { context, folder as newFolder, issue, main, median, processorTime, run } from './lib/load.mjs'

const { values: wanted } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, rounds: { type: 'string', default: '3' }, connections: { type: 'string', default: '64,256' }, keys: { type: 'string', default: '10000' }, json: { type: 'string' }, docs: { type: 'boolean' } },
})
const SECONDS = Number(wanted.seconds)
const ROUNDS = Number(wanted.rounds)
const CONNECTIONS = wanted.connections.split(',').map(Number)
const KEYS = Number(wanted.keys)
const SERVER_CORE = '0'
const LOAD_CORE = '1'
const LIMIT = 1_000_000_000 // a day: it is counted, and never reached

async function children(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

/** Starts a peer on the server's core and waits until it answers. */
async function start(command, args, port, output = 'ignore') {
  const child = spawn('taskset', ['-c', SERVER_CORE, command, ...args], { stdio: ['ignore', output, 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  context.after(() => child.kill('SIGTERM'))
  await until(async () => (child.exitCode === null ? fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false) : assert.fail(`${command} ended: ${said}`)), { what: `${command} (${said})` })
  return child.pid
}

async function startNginx(folder, keys) {
  const [fixed, checked] = [await freePort(), await freePort()]
  await writeFile(path.join(folder, 'keys.map'), keys.map((key, index) => `"${key}" ${index + 1};\n`).join(''))
  await writeFile(path.join(folder, 'nginx.conf'), `
worker_processes 1; daemon off; pid nginx.pid; error_log nginx.err;
events { worker_connections 4096; }
http {
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  map_hash_max_size 65536; map_hash_bucket_size 128; variables_hash_bucket_size 128;
  access_log off; keepalive_requests 100000000; keepalive_timeout 3600s;
  map $http_x_api_key $customer { default ""; include keys.map; }
  limit_req_zone $customer zone=keys:10m rate=1000000r/s;
  log_format call '$time_iso8601 $customer $request $remote_addr $status';
  server { listen 127.0.0.1:${fixed}; location / { default_type application/json; return 200 '{"success":true}'; } }
  server { listen 127.0.0.1:${checked}; access_log calls.log call buffer=256k flush=1s;
    location / { if ($customer = "") { return 401; } limit_req zone=keys burst=100000 nodelay; default_type application/json; try_files /nonexistent @admitted; }
    location @admitted { default_type application/json; return 200 '{"success":true}'; } }
}
`)
  const pid = await start('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'nginx.err'], fixed)
  const pids = async () => [pid, ...(await children(pid))]
  return [
    { name: '(a) nginx, fixed answer', target: `http://127.0.0.1:${fixed}/`, pids },
    { name: '(b) nginx, map, limit_req, unsynced log', target: `http://127.0.0.1:${checked}/`, pids },
  ]
}

async function startHaproxy(folder, keys) {
  const port = await freePort()
  await writeFile(path.join(folder, 'haproxy.map'), keys.map((key, index) => `${key} ${index + 1}\n`).join(''))
  await writeFile(path.join(folder, 'haproxy.cfg'), `
global
  nbthread 1
  maxconn 4096
  log stdout len 1024 format raw local0
defaults
  mode http
  timeout client 1h
  timeout connect 5s
  timeout server 1h
frontend keys
  bind 127.0.0.1:${port}
  log global
  log-format "%T %[var(txn.customer)] %HM %HP %ci %ST"
  http-request set-var(txn.customer) req.hdr(X-API-Key),map_str(${path.join(folder, 'haproxy.map')},none)
  http-request deny deny_status 401 if { var(txn.customer) -m str none }
  stick-table type string len 16 size 100k expire 1d store http_req_rate(1s)
  http-request track-sc0 var(txn.customer)
  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1000000 }
  http-request return status 200 content-type application/json string '{"success":true}'
`)
  const calls = await open(path.join(folder, 'haproxy.log'), 'a')
  context.after(() => calls.close())
  const pid = await start('haproxy', ['-f', path.join(folder, 'haproxy.cfg'), '-db'], port, calls.fd)
  return [{ name: '(c) HAProxy, map, stick table, log', target: `http://127.0.0.1:${port}/`, pids: async () => [pid, ...(await children(pid))] }]
}

async function startKeyledger(folder) {
  const server = await Server.start(context, { dataDir: path.join(folder, 'data'), checked: false, args: ['--threads', '1'] }) // as the peers, on one core
  const site = await server.expect(201, 'POST', '/api/websites', { name: 'bench', validity_hours: 24 })
  for (let number = 0; number < 3; number++) await server.expect(201, 'POST', '/api/rental-accounts', { website: site.name, username: `user${number}`, password: 'secret', email: `user${number}@example.com` })
  const keys = await issue(server, KEYS, { rate_limit: LIMIT })
  await run('taskset', ['-a', '-c', '-p', SERVER_CORE, String(server.pid)])
  const pids = async () => [server.pid]
  const base = `http://127.0.0.1:${server.port}`
  return {
    server, keys,
    cases: [
      { name: '(d) Keyledger, /api/forward-auth, synced', target: `${base}/api/forward-auth`, pids, keyledger: true },
      { name: '(d) Keyledger, /api/accounts/available, synced', target: `${base}/api/accounts/available?website=bench`, pids, keyledger: true },
    ],
  }
}

async function writeScript(folder, keys) {
  const file = path.join(folder, 'keys.lua')
  await writeFile(path.join(folder, 'keys.txt'), `${keys.join('\n')}\n`)
  await writeFile(file, `
local keys = {}
for line in io.lines("${path.join(folder, 'keys.txt')}") do keys[#keys + 1] = line end
local requests = {}
init = function(args)
  math.randomseed(os.time())
  for index, key in ipairs(keys) do
    wrk.headers["X-API-Key"] = key
    requests[index] = wrk.format("GET", wrk.path)
  end
end
request = function() return requests[math.random(#requests)] end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
`)
  return file
}

/** One round of load on one server. */
async function measure(each, connections, script) {
  const pids = await each.pids()
  const before = await processorTime(pids)
  const { stdout } = await run('taskset', ['-c', LOAD_CORE, 'wrk', '-t1', `-c${connections}`, `-d${SECONDS}s`, '-s', script, each.target])
  await new Promise((later) => setTimeout(later, 300)) // what was in the air when wrk left
  const used = (await processorTime(pids)) - before
  const [requests, duration, p50, p99, refused, broken] = /RESULT (.*)/.exec(stdout)[1].split(' ').map(Number)
  assert.equal(refused + broken, 0, `${each.name}: ${refused} answers were refusals, ${broken} connections broke`)
  return { requests, perSecond: requests / (duration / 1e6), microseconds: used / requests, p50: p50 / 1000, p99: p99 / 1000 }
}

const shown = (number, digits = 1) => number.toFixed(digits)

function table(results) {
  const lines = ['| connections | server | processor time per request | to (b) | requests a second | p50 | p99 |', '|---:|---|---:|---:|---:|---:|---:|']
  for (const row of results) lines.push(`| ${row.connections} | ${row.name} | ${shown(row.microseconds, 2)} µs | ${shown(row.ratio, 2)} | ${Math.round(row.perSecond)} | ${shown(row.p50)} ms | ${shown(row.p99)} ms |`)
  return lines.join('\n')
}

/** Puts the table into the page of benchmarks, with when, where and how it was measured. */
async function document(markdown, acknowledged) {
  const page = new URL('../docs/benchmarks.md', import.meta.url)
  const how = `\`./dev bench admit --seconds ${SECONDS} --rounds ${ROUNDS} --docs\`, ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} processors (${os.cpus()[0].model.trim()}), Linux ${os.release()}, ${KEYS.toLocaleString('en')} keys. Each of the ${acknowledged.toLocaleString('en')} calls that Keyledger acknowledged was in its ledger afterwards.`
  const text = await readFile(page, 'utf8')
  const [begin, end] = ['<!-- admit -->', '<!-- /admit -->']
  assert.ok(text.includes(begin) && text.includes(end), 'docs/benchmarks.md has the place for the table')
  await writeFile(page, `${text.slice(0, text.indexOf(begin) + begin.length)}\n${how}\n\n${markdown}\n${text.slice(text.indexOf(end))}`)
}

async function admit() {
  const folder = await newFolder()
  await mkdir(path.join(folder, 'tmp'))
  const ours = await startKeyledger(folder)
  const cases = [...(await startNginx(folder, ours.keys)), ...(await startHaproxy(folder, ours.keys)), ...ours.cases]
  const script = await writeScript(folder, ours.keys)
  const events = async () => (await ours.server.expect(200, 'GET', '/api/ledger/stats')).events
  const had = await events()
  let acknowledged = 0
  const results = []
  for (const connections of CONNECTIONS) {
    const rounds = new Map(cases.map((each) => [each, []]))
    for (let round = 0; round < ROUNDS; round++) {
      for (const each of cases) {
        const measured = await measure(each, connections, script)
        if (each.keyledger) acknowledged += measured.requests
        rounds.get(each).push(measured)
      }
    }
    const summary = cases.map((each) => {
      const all = rounds.get(each)
      return { connections, name: each.name, ...Object.fromEntries(['microseconds', 'perSecond', 'p50', 'p99'].map((name) => [name, median(all.map((one) => one[name]))])), rounds: all }
    })
    const peer = summary.find((row) => row.name.startsWith('(b)')).microseconds
    for (const row of summary) results.push({ ...row, ratio: row.microseconds / peer })
  }
  const stored = (await events()) - had
  const markdown = table(results)
  console.log(markdown)
  console.log(`\n${acknowledged} calls acknowledged by Keyledger, ${stored} in its ledger${stored >= acknowledged ? '' : ': CALLS ARE MISSING'}`)
  assert.ok(stored >= acknowledged)
  if (wanted.docs) await document(markdown, acknowledged)
  if (wanted.json) await writeFile(wanted.json, JSON.stringify({ at: new Date().toISOString(), cpu: os.cpus()[0].model, binary: BINARY, seconds: SECONDS, keys: KEYS, acknowledged, stored, results }, null, 2))
}

await main({ admit }, [])
