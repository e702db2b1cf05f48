// The real binary, started on a free port with a data folder of its own, and what a test asks of it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Contract } from './contract.mjs'
import { until } from './network.mjs'

export const BINARY = process.env.KEYLEDGER_BINARY ?? fileURLToPath(new URL('../../../build/release/keyledger', import.meta.url))
const START_SECONDS = 20

let shared
/** The contract of this test process: read once, and it remembers what was called. */
export const contract = () => (shared ??= Contract.read())

/** A folder for one test. Left for a look when KEYLEDGER_KEEP is set. */
export async function temporaryFolder(context) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyledger-e2e-'))
  if (!process.env.KEYLEDGER_KEEP) context?.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })) // a server may still write there
  return folder
}

/** A server for all tests of one file: started before the first, killed after the last. `ready` gets it. */
export function serverForThisFile(ready, options) {
  const endings = []
  before(async () => ready(await Server.start({ after: (ending) => endings.push(ending) }, typeof options === 'function' ? await options() : options)))
  after(async () => {
    for (const ending of endings.reverse()) await ending()
  })
}

/** Only what a program needs from around it, so that no setting of the person who tests leaks in. */
export const environment = (extra = {}) => ({ PATH: process.env.PATH, HOME: os.tmpdir(), LANG: 'C.UTF-8', ...extra })

/** Runs a command of the binary to its end: {code, signal, stdout, stderr}. */
export function run(args, { env = {}, input = '', seconds = 30 } = {}) {
  const child = spawn(BINARY, args, { env: environment(env) })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => (said[stream] += text))
  child.stdin.on('error', () => {}).end(input)
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ code, signal, ...said })
    })
  })
}

export class Server {
  constructor(child, dataDir, options) {
    Object.assign(this, { child, dataDir, options, stdout: '', stderr: '', token: null, agent: new http.Agent({ keepAlive: true }) })
    child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text))
    this.exited = new Promise((done) => child.on('close', (code, signal) => done({ code, signal })))
  }

  /**
   * Starts `keyledger serve` and waits until it listens. Without `dataDir` it gets a new folder.
   * `args` and `env` are added; `token: true` also makes an admin token, which `call` then sends.
   * `patience`: how many seconds it may take.
   */
  static async start(context, { dataDir, args = [], env = {}, token = true, level = 'info', checked = true, patience = START_SECONDS } = {}) {
    dataDir ??= path.join(await temporaryFolder(context), 'data')
    const all = ['serve', '--data-dir', dataDir, '--listen', '127.0.0.1:0', '--log-format', 'json', '--log-level', level, ...args]
    const server = new Server(spawn(BINARY, all, { env: environment(env) }), dataDir, { args, env, token, level, checked })
    context?.after(() => server.kill())
    let over
    server.exited.then((how) => (over = how))
    await until(() => over || server.listening(), { seconds: patience, every: 5, what: `a server that listens (${server.stderr})` })
    assert.ok(!over, `the server ended with ${JSON.stringify(over)}: ${server.stderr}${server.stdout}`)
    if (checked) server.contract = await contract()
    if (token) await server.makeToken()
    return server
  }

  get pid() {
    return this.child.pid
  }

  /** The lines of the log so far, as objects. */
  get log() {
    return this.stderr.split('\n').filter((line) => line.startsWith('{')).flatMap((line) => {
      try {
        return [JSON.parse(line)]
      } catch {
        return [] // the last line, half written
      }
    })
  }

  listening() {
    const line = this.log.find((each) => each.event === 'listening' && each.address)
    if (!line) return false
    const [, host, port] = /^(.*):(\d+)$/.exec(line.address)
    this.host = host.replace(/^\[|\]$/g, '')
    this.port = Number(port)
    return true
  }

  /** The owner's password, as the first start prints it. */
  get password() {
    return /Owner password:\s*(\S+)/.exec(this.stdout)?.[1]
  }

  get socket() {
    return path.join(this.dataDir, 'keyledger.sock')
  }

  /** Makes an admin token through the command line. */
  async makeToken(name = 'tests', scopes = 'admin') {
    const made = await this.run(['tokens', 'create', '--name', name, '--scopes', scopes])
    assert.equal(made.code, 0, made.stderr)
    const [token] = /kla_[A-Za-z0-9_-]{43}/.exec(made.stdout) ?? []
    assert.ok(token, `no token in: ${made.stdout}`)
    this.token ??= token
    return token
  }

  /** A command of the same binary on the same data folder. */
  run(args, options = {}) {
    return run([...args, '--data-dir', this.dataDir], { env: this.options.env, ...options })
  }

  /**
   * One request. `body` is sent as JSON, `raw` as it is; `token: null` sends none. Answers {status, headers, body, json}
   * and holds the answer to openapi.yaml.
   */
  async call(method, target, { body, raw, headers = {}, token = this.token, cookie, agent = this.agent } = {}) {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const sent = { ...headers }
    if (text !== undefined) {
      sent['content-type'] ??= 'application/json'
      sent['content-length'] = Buffer.byteLength(text)
    }
    if (token && !cookie) sent.authorization ??= `Bearer ${token}`
    if (cookie) sent.cookie = cookie
    const answer = await exchange(this.options.https ? https : http, { host: this.host, port: this.port, method, path: target, headers: sent, agent }, text)
    if (this.contract) this.contract.check({ method, path: target.split('?')[0], ...answer })
    return { ...answer, json: /json/.test(answer.headers['content-type'] ?? '') && answer.body ? JSON.parse(answer.body) : undefined }
  }

  get(target, options) {
    return this.call('GET', target, options)
  }
  post(target, body, options) {
    return this.call('POST', target, { body, ...options })
  }
  put(target, body, options) {
    return this.call('PUT', target, { body, ...options })
  }
  delete(target, options) {
    return this.call('DELETE', target, options)
  }

  /** Like `call`, but the status has to be this one; answers the JSON. */
  async expect(status, method, target, body, options = {}) {
    const answer = await this.call(method, target, { body, ...options })
    assert.equal(answer.status, status, `${method} ${target} answers ${answer.status}: ${answer.body.slice(0, 500)}`)
    return answer.json
  }

  /** Fails unless the answer is a problem of this status and code that names this field. */
  async refused(status, code, method, target, body, { field, ...options } = {}) {
    const answer = await this.call(method, target, { body, ...options })
    assert.deepEqual([answer.status, answer.json?.code], [status, code], `${method} ${target} ${JSON.stringify(body)?.slice(0, 200)}: ${answer.body.slice(0, 500)}`)
    if (field !== undefined) assert.equal(answer.json.field, field, answer.body)
    assert.ok(answer.json.detail.length > 10, 'the detail is a sentence')
    return answer
  }

  /** Sends bytes as they are and answers all that comes back until the server closes (or nothing comes for a while). */
  raw(bytes, { quiet = 300 } = {}) {
    return new Promise((done, failed) => {
      const socket = net.connect(this.port, this.host, () => socket.write(bytes))
      let text = ''
      let timer
      const end = (closed) => {
        clearTimeout(timer)
        socket.destroy()
        done({ text, closed, status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0) })
      }
      socket.setEncoding('latin1').on('data', (piece) => {
        text += piece
        clearTimeout(timer)
        timer = setTimeout(() => end(false), quiet)
      })
      socket.on('close', () => end(true))
      socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? end(true) : failed(error)))
    })
  }

  /** An account to hang keys on. */
  async account(email = `person${Math.random().toString(36).slice(2)}@example.com`) {
    return this.expect(201, 'POST', '/api/accounts', { email })
  }

  async addKey(account, full_key, more = {}) {
    return this.expect(201, 'POST', '/api/keys', { name: 'a key', full_key, account_id: account.id, ...more })
  }

  /** Starts a refresh and waits until no source runs any more. */
  async refresh({ seconds = 60 } = {}) {
    await this.expect(202, 'POST', '/api/usage/refresh')
    return until(async () => {
      const state = await this.expect(200, 'GET', '/api/usage/sync')
      return state.running ? null : state
    }, { seconds, what: 'the end of the refresh' })
  }

  /** Asks it to stop and waits: {code, signal}. */
  async stop(signal = 'SIGTERM') {
    this.agent.destroy()
    this.child.kill(signal)
    return this.exited
  }

  async kill() {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop('SIGKILL')
    this.agent.destroy()
  }

  /** Another server on the same folder, with the same settings. */
  async again(context, more = {}) {
    return Server.start(context, { dataDir: this.dataDir, ...this.options, ...more })
  }

  /** A number of /proc/PID/status in KiB, such as VmRSS or VmHWM. */
  async memory(name = 'VmRSS') {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1])
  }

  /** Every file of the data folder, by name: its bytes. */
  async files() {
    const found = new Map()
    for (const entry of await readdir(this.dataDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const name = path.join(entry.parentPath ?? entry.path, entry.name)
      found.set(path.relative(this.dataDir, name), await readFile(name))
    }
    return found
  }
}

/** Signs in as a browser on the server's own page would; answers what such a browser sends along. */
export async function signIn(server, password = server.password) {
  const origin = `http://127.0.0.1:${server.port}`
  const answer = await server.call('POST', '/api/session', { body: { password }, token: null, headers: { origin } })
  assert.equal(answer.status, 200, answer.body)
  const cookie = answer.headers['set-cookie'][0].split(';')[0]
  return { answer, options: { token: null, cookie, headers: { origin } } }
}

function exchange(module, options, text) {
  return new Promise((done, failed) => {
    const request = module.request(options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (piece) => (body += piece))
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body }))
      response.on('error', failed)
    })
    request.on('error', failed)
    request.setTimeout(75_000, () => request.destroy(new Error(`no answer to ${options.method} ${options.path} within 75 s`)))
    request.end(text)
  })
}
