// The built page in front of a server that has none embedded: the same files, headers and rules, and everything else passed on.
import { existsSync, readFileSync, statSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'

const DIST = path.resolve(process.env.KEYLEDGER_DIST ?? path.join(import.meta.dirname, '../../dist'))
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html"
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }
const PASSED_ON = /^\/(api|docs|metrics|readyz|v1)(\/|$)/

function answerFile(pathname, response) {
  const has = (file) => existsSync(file) && statSync(file).isFile()
  const wanted = path.join(DIST, path.normalize(pathname))
  const found = [`${wanted}.gz`, wanted].find((file) => file.startsWith(DIST) && has(file))
  const file = found ?? path.join(DIST, 'index.html.gz')
  const hashed = found && pathname.startsWith('/assets/')
  response.writeHead(200, {
    'content-type': TYPES[path.extname(file.replace(/\.gz$/, ''))] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(file.endsWith('.gz') ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(readFileSync(file))
}

/** Listens on a free port in front of `target` ("http://127.0.0.1:5000"): {url, close}. */
export async function front(target, port = 0) {
  const upstream = new URL(target)
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x')
    if (!PASSED_ON.test(pathname)) return answerFile(pathname, response)
    const options = { host: upstream.hostname, port: upstream.port, method: request.method, path: request.url, headers: { ...request.headers, host: upstream.host } }
    const passed = http.request(options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), new Promise((done) => server.close(done))) }
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await front(process.argv[2] ?? 'http://127.0.0.1:5000', Number(process.argv[3] ?? 5173))
  console.log(`${url} shows dist/ in front of ${process.argv[2] ?? 'http://127.0.0.1:5000'}`)
}
