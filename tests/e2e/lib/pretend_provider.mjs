// One server on loopback that plays OpenAI, Anthropic and Brave Search, well-behaved or not. It runs in the test's own
// process, so a test adds organizations and asks for misbehaviour directly.
import http from 'node:http'
import https from 'node:https'

import * as anthropic from './pretend/anthropic.mjs'
import * as brave from './pretend/brave.mjs'
import * as openai from './pretend/openai.mjs'

export { Subscription } from './pretend/brave.mjs'
export { missingScopes } from './pretend/openai.mjs'

const PROVIDERS = { '/openai/v1': ['openai', openai], '/anthropic': ['anthropic', anthropic], '/brave/res': ['brave', brave] }

export class PretendProvider {
  constructor(server, url) {
    Object.assign(this, { server, url, holders: [], behaviours: [], requests: [] })
  }

  /** The variables under which Keyledger finds the three providers here. */
  get environment() {
    return {
      KEYLEDGER_OPENAI_BASE_URL: `${this.url}/openai/v1`,
      KEYLEDGER_ANTHROPIC_BASE_URL: `${this.url}/anthropic`,
      KEYLEDGER_BRAVE_BASE_URL: `${this.url}/brave/res`,
    }
  }

  /** Adds an Organization or a brave Subscription. */
  add(holder) {
    this.holders.push(holder)
    return holder
  }

  /**
   * From now on, requests that fit are answered otherwise. `match` has `key` and `path` (a RegExp), each may be missing;
   * `how` is an answer {status, headers, body} or {mode}, see MODES; `times` is how often (default: for ever).
   */
  misbehave(match, how, times = Infinity) {
    this.behaviours.unshift({ ...match, how, times })
  }

  behaveAgain() {
    this.behaviours = []
  }

  /** The requests of one key, newest last: {method, path, query, headers}. */
  requestsOf(key) {
    return this.requests.filter((request) => request.key === key)
  }

  async close() {
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
  }

  handle(request, response) {
    const url = new URL(request.url, 'http://pretend')
    const prefix = Object.keys(PROVIDERS).find((each) => url.pathname.startsWith(`${each}/`))
    if (!prefix) return send(response, { status: 404, headers: {}, body: 'no such provider' })
    const [kind, provider] = PROVIDERS[prefix]
    const path = url.pathname.slice(prefix.length)
    const key = provider.keyOf(request)
    this.requests.push({ kind, key, path, method: request.method, query: url.searchParams, target: request.url, headers: request.headers })
    const answer = () => this.answer(kind, provider, key, path, url.searchParams, request)
    const behaviour = this.behaviours.find((each) => each.times > 0 && (!each.key || each.key === key) && (!each.path || each.path.test(path)))
    if (!behaviour) return send(response, answer())
    behaviour.times -= 1
    if (!behaviour.how.mode) return send(response, { status: 200, headers: { 'content-type': 'application/json' }, body: '{}', ...behaviour.how })
    return MODES[behaviour.how.mode](response, answer(), behaviour.how)
  }

  answer(kind, provider, key, path, query, request) {
    if (key === null) return provider.wrongKey('')
    for (const holder of this.holders.filter((each) => each.kind === kind)) {
      const who = holder.who(key)
      if (who) return provider.answer(holder, who, path, query, request)
    }
    return provider.wrongKey(key)
  }
}

function send(response, { status, headers, body }) {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const rewritten = (answer, change) => ({ ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) })

const MODES = {
  /** The first half of the answer, with a length that fits it. */
  truncated: (response, answer) => send(response, { ...answer, body: answer.body.slice(0, answer.body.length >> 1) }),
  /** The connection is cut in the middle of the body. */
  cut(response, answer) {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
    response.write(answer.body.slice(0, answer.body.length >> 1), () => response.destroy())
  },
  /** A page of somebody in between, with status 200. */
  html: (response) => send(response, { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Sign in to the guest network</title>' }),
  /** One byte every so many milliseconds, for ever. */
  drip(response, answer, { every = 100 }) {
    response.writeHead(answer.status, answer.headers)
    const timer = setInterval(() => response.write(' '), every)
    response.on('close', () => clearInterval(timer))
  },
  /** A body that never ends, as fast as it is read. */
  endless(response, answer) {
    response.writeHead(200, answer.headers)
    const piece = Buffer.alloc(64 << 10, ' ')
    const more = () => {
      while (!response.destroyed && response.write(piece)) { /* until the socket is full */ }
    }
    response.on('drain', more)
    more()
  },
  /** Takes the request and says nothing. */
  silent() {},
  /** Closes without a word. */
  reset: (response) => response.destroy(),
  /** Sends the caller elsewhere; whoever follows takes the key along. */
  redirect: (response, answer, { to }) => send(response, { status: 307, headers: { location: to }, body: '' }),
  /** Says that there is more, with a new cursor each time, for ever. */
  endless_pages: (response, answer) => send(response, rewritten(answer, (body) => ({ ...body, data: [], has_more: true, next_page: `page_${Math.random()}` }))),
  /** Says that there is more, always with the same cursor. */
  repeating_cursor: (response, answer) => send(response, rewritten(answer, (body) => ({ ...body, has_more: true, next_page: 'page_again' }))),
}

/** Starts one on a free port. With `tls` ({key, cert}) it speaks https. */
export async function startPretendProvider({ tls } = {}) {
  let pretend
  const handler = (request, response) => pretend.handle(request, response)
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler)
  server.keepAliveTimeout = 500
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  pretend = new PretendProvider(server, `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`)
  return pretend
}
