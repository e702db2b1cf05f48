// Prism: a mock server and a checker made from a description, by people who know nothing of Keyledger.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { freePort } from './network.mjs'

const PRISM = fileURLToPath(new URL('../node_modules/.bin/prism', import.meta.url))
export const DESCRIPTIONS = fileURLToPath(new URL('../descriptions/', import.meta.url))

async function start(args) {
  const port = await freePort()
  const child = spawn(PRISM, [args[0], '-h', '127.0.0.1', '-p', String(port), ...args.slice(1)], { env: { ...process.env, SCARF_ANALYTICS: 'false' } })
  let said = ''
  await new Promise((ready, failed) => {
    const hear = (piece) => {
      said += piece
      if (/Prism is listening/.test(said)) ready()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('exit', () => failed(new Error(`Prism ended: ${said}`)))
  })
  const stop = () => new Promise((done) => {
    child.once('exit', done)
    child.kill()
  })
  return { url: `http://127.0.0.1:${port}`, stop }
}

/** Serves the samples of a description. Paths have no version prefix. */
export const mock = (description) => start(['mock', `${DESCRIPTIONS}${description}`])
/** Passes requests on to `target` and answers 500 with the violations when request or answer break the description. */
export const checker = (description, target) => start(['proxy', '--errors', `${DESCRIPTIONS}${description}`, target])
