// What the benchmarks share: servers in folders of their own, load over plain sockets, figures beside their aims.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { Server } from '../../tests/e2e/lib/server.mjs'

const endings = []
export const context = { after: (ending) => endings.push(ending) }
export const run = promisify(execFile)
export const settled = (milliseconds) => new Promise((later) => setTimeout(later, milliseconds))
export const percentile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
export const median = (numbers) => percentile([...numbers].sort((a, b) => a - b), 0.5)
export const say = (name, value, aim = '') => console.log(`${name.padEnd(58)} ${String(value).padStart(16)}${aim && `   aim ${aim}`}`)

/** Runs the benchmarks that are named (all without names), and clears up whatever happens. */
export async function main(benches, names) {
  try {
    for (const name of names.length ? names : Object.keys(benches)) await (benches[name] ?? assert.fail(`There is no benchmark ${name}.`))()
  } finally {
    for (const ending of endings.reverse()) await ending()
  }
}

export async function folder() {
  const made = await mkdtemp(path.join(os.tmpdir(), 'keyledger-bench-'))
  context.after(() => rm(made, { recursive: true, force: true }))
  return made
}

export async function fresh(options = {}) {
  return Server.start(context, { dataDir: path.join(await folder(), 'data'), level: 'info', checked: false, ...options })
}

/** Sends the same kind of request over one connection, one after the other, and counts until told to stop. */
async function client(server, requestOf, until) {
  const exchange = await connection(server)
  const times = []
  while (!until.over) {
    const start = performance.now()
    const { status } = await exchange(requestOf())
    assert.ok(status < 300, `answered with ${status}`)
    times.push(performance.now() - start)
  }
  exchange.socket.destroy()
  return times
}

/** A connection on which one request goes at a time: a function from request to {status, body}. */
export async function connection(server) {
  const socket = net.connect(server.port, server.host)
  await new Promise((ready, failed) => socket.on('connect', ready).on('error', failed))
  let text = ''
  let hear
  socket.setNoDelay(true).setEncoding('latin1').on('data', (piece) => {
    text += piece
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
    if (text.length < end + 4 + length) return
    const answer = { status: Number(text.slice(9, 12)), body: text.slice(end + 4, end + 4 + length) }
    text = text.slice(end + 4 + length)
    hear(answer)
  })
  const exchange = (request) => {
    const answered = new Promise((done) => (hear = done))
    socket.write(request)
    return answered
  }
  return Object.assign(exchange, { socket })
}

export async function load(server, clients, seconds, requestOf) {
  const until = { over: false }
  const running = Array.from({ length: clients }, () => client(server, requestOf, until))
  const start = performance.now()
  setTimeout(() => (until.over = true), seconds * 1000)
  const times = (await Promise.all(running)).flat().sort((a, b) => a - b)
  return { rate: times.length / ((performance.now() - start) / 1000), times }
}

/** Asks for each case's target over one connection, with another key in every turn. */
export async function measure(server, cases) {
  for (const [name, target, aim] of cases) {
    let turn = 0
    const request = () => `GET ${target((turn++ * 389) % 1000 + 1)} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`
    const { times } = await load(server, 1, 4, request)
    say(`${name}: p50, p99`, `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.99).toFixed(1)} ms`, aim)
  }
}

/** Runs SQL on the server's database, with the server stopped. Answers how many seconds it took. */
export async function seed(server, sql) {
  const start = performance.now()
  const filling = run('sqlite3', ['-bail', path.join(server.dataDir, 'keyledger.db')], { maxBuffer: 1 << 24 })
  filling.child.stdin.end(sql)
  await filling
  return (performance.now() - start) / 1000
}

/** Starts a server again on its folder, and answers it with the milliseconds to its first answer. */
export async function startAgain(server, more = {}) {
  const start = performance.now()
  const again = await server.again(context, { token: false, ...more })
  await again.expect(200, 'GET', '/api/health')
  const milliseconds = performance.now() - start
  again.token = server.token
  return { again, milliseconds }
}

/** Customer keys, made through the API as a seller would. */
export async function issue(server, count, fields = { rate_limit: 1_000_000_000 }) {
  const keys = []
  const maker = async () => {
    while (keys.length < count) {
      const place = keys.push(null) - 1
      keys[place] = (await server.expect(201, 'POST', '/api/customer-keys', { name: `bench ${place}`, ...fields })).key
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, 64) }, maker))
  return keys
}

/** User and system time of processes so far, in microseconds, all threads. */
export async function processorTime(pids) {
  const ticks = Number((await run('getconf', ['CLK_TCK'])).stdout)
  let sum = 0
  for (const pid of pids) {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')
    sum += (Number(fields[11]) + Number(fields[12])) * (1e6 / ticks)
  }
  return sum
}
