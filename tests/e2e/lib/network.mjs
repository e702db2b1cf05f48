// Ports, certificates and small waits.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'

/** A port that was free a moment ago. */
export async function freePort() {
  const server = net.createServer()
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}

/** A certificate that signs itself: {key, cert, file}. `name` is what it is for. */
export async function selfSigned(folder, name = '127.0.0.1') {
  const keyFile = path.join(folder, `${name}.key`)
  const certFile = path.join(folder, `${name}.crt`)
  const subject = /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subject}`])
  return { key: await readFile(keyFile), cert: await readFile(certFile), file: certFile, keyFile }
}

/** Waits until `holds` answers something true, and answers it. */
export async function until(holds, { seconds = 15, every = 50, what = 'what was waited for' } = {}) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const value = await holds()
    if (value) return value
    if (Date.now() > end) throw new Error(`${what} did not come within ${seconds} s`)
    await new Promise((again) => setTimeout(again, every))
  }
}
