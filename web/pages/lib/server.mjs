// The real server, with made-up data and a pretend provider, for tests of the pages.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { front } from './front.mjs'

const ROOT = path.resolve(import.meta.dirname, '../../..')
export const BINARY = process.env.KEYLEDGER_BINARY ?? path.join(ROOT, 'build/release/keyledger')
const START_MS = 90_000

/** Starts `keyledger ARGS` on a free port: {url, password, stop}. In front of it stands dist/ unless the page is embedded. */
export async function startServer(args = ['demo'], env = {}) {
  const child = spawn(BINARY, [...args, '--listen', '127.0.0.1:0', '--host-names', 'keyledger.test'].slice(0, args[0] === 'demo' ? -2 : undefined), { env: { PATH: process.env.PATH, HOME: os.tmpdir(), LANG: 'C.UTF-8', ...env } })
  let said = ''
  const heard = new Promise((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`the server did not start: ${said}`)), START_MS)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text
        const url = /url=(http:\S+)/.exec(said)?.[1]
        const password = /Owner password:\s*(\S+)/.exec(said)?.[1]
        if (url && password) {
          clearTimeout(timer)
          ready({ url, password })
        }
      })
    }
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}: ${said}`)))
  })
  const { url, password } = await heard
  const embedded = (await (await fetch(url)).text()).includes('<div id="app">') && process.env.KEYLEDGER_WEB !== 'dist'
  const before = embedded ? null : await front(url)
  const stop = async () => {
    await before?.close()
    child.removeAllListeners('exit')
    const ended = new Promise((done) => child.on('exit', done))
    child.kill('SIGTERM')
    await ended
  }
  return { url: before?.url ?? url, direct: url, password, embedded, stop }
}

/** An installation with nothing in it, in a folder that goes with it. */
export async function startEmpty(env = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyledger-pages-'))
  const server = await startServer(['serve', '--data-dir', path.join(folder, 'data')], env)
  return { ...server, stop: () => server.stop().then(() => rm(folder, { recursive: true, force: true })) }
}

/** Calls the API as the signed-in owner. */
export async function owner(server) {
  const signed = await fetch(`${server.direct}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: server.password }) })
  const cookie = signed.headers.get('set-cookie').split(';')[0]
  return async (method, target, body) => {
    const answer = await fetch(server.direct + target, { method, headers: { cookie, origin: server.direct, ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${target} answers ${answer.status}: ${text}`)
    return text ? JSON.parse(text) : null
  }
}
