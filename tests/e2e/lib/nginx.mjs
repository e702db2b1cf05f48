// A real nginx with the configuration of docs/nginx, in front of an API that tells what it was sent.
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { freePort, until } from './network.mjs'
import { temporaryFolder } from './server.mjs'

const CONFIGURATION = fileURLToPath(new URL('../../../docs/nginx/keyledger-auth.conf', import.meta.url))

/** An API of the seller's: answers with the request's method, path and headers. */
async function startApi(context) {
  const api = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }))
  })
  await new Promise((ready) => api.listen(0, '127.0.0.1', ready))
  context.after(() => {
    api.closeAllConnections()
    return new Promise((done) => api.close(done))
  })
  return api.address().port
}

const listens = (port) => new Promise((answer) => {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('connect', () => answer(socket.destroy() && true)).on('error', () => answer(false))
})

/** Starts it; answers the port where it listens. The ports are the only thing that is changed in the configuration. */
export async function startNginx(context, keyledgerPort) {
  const folder = await temporaryFolder(context)
  const [port, api] = [await freePort(), await startApi(context)]
  const text = await readFile(CONFIGURATION, 'utf8')
  const placed = text.replace('127.0.0.1:5000', `127.0.0.1:${keyledgerPort}`).replace('127.0.0.1:8000', `127.0.0.1:${api}`).replace('127.0.0.1:8080', `127.0.0.1:${port}`)
  await mkdir(path.join(folder, 'temporary'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/temporary/${name};`).join(' ')
  const file = path.join(folder, 'nginx.conf')
  await writeFile(file, `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;\nevents {}\nhttp { access_log off; ${temporary}\n${placed}\n}\n`)
  const nginx = spawn('/usr/sbin/nginx', ['-p', folder, '-c', file], { env: { PATH: process.env.PATH } })
  let said = ''
  nginx.stderr.setEncoding('utf8').on('data', (piece) => (said += piece))
  const gone = new Promise((done) => nginx.on('close', done))
  context.after(() => {
    nginx.kill('SIGQUIT')
    return gone
  })
  await until(async () => nginx.exitCode !== null || listens(port), { every: 20, what: 'nginx' })
  if (nginx.exitCode !== null) throw new Error(`nginx ended: ${said}`)
  return port
}
