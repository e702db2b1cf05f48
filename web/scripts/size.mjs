// Fails when the built page has grown over its limits, which count what travels: gzip form, fonts as they are.
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const LIMITS_KIB = { js: 90, css: 15, fonts: 70 }
const dist = path.resolve(import.meta.dirname, '../dist')
const kinds = [['js', /\.js\.gz$/], ['css', /\.css\.gz$/], ['fonts', /\.woff2$/]]
const bytes = { js: 0, css: 0, fonts: 0 }
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name)
  const kind = entry.isFile() && kinds.find(([, name]) => name.test(file))?.[0]
  if (kind) bytes[kind] += statSync(file).size
}
let failed = false
for (const [kind, limit] of Object.entries(LIMITS_KIB)) {
  const kib = bytes[kind] / 1024
  const over = kib > limit || kib === 0
  failed ||= over
  console.log(`${kind.padEnd(6)}${kib.toFixed(1).padStart(6)} of ${limit} KiB${over ? '   OVER THE LIMIT' : ''}`)
}
process.exit(failed ? 1 : 0)
