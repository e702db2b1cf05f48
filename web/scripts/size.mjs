// Fails when the built page has grown over its limits, which count what travels: packed form, fonts as they are. Script comes in
// a part that every page loads and one for each group of pages: `js` is what the largest page loads, `all js` all there is.
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const LIMITS_KIB = { js: 90, 'all js': 130, css: 15, fonts: 70 }
const FOR_ALL = /^(keyledger|rolldown-runtime|shared|theme)[-.]/ // `shared` is what every group of pages has beside its own
const dist = path.resolve(import.meta.dirname, '../dist')
const bytes = { js: 0, 'all js': 0, css: 0, fonts: 0 }
let group = 0
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const size = statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size
  if (/\.css\.gz$/.test(entry.name)) bytes.css += size
  if (/\.woff2$/.test(entry.name)) bytes.fonts += size
  if (!/\.js\.gz$/.test(entry.name)) continue
  bytes['all js'] += size
  if (FOR_ALL.test(entry.name)) bytes.js += size
  else group = Math.max(group, size)
}
bytes.js += group
let failed = false
for (const [kind, limit] of Object.entries(LIMITS_KIB)) {
  const kib = bytes[kind] / 1024
  const over = kib > limit || kib === 0
  failed ||= over
  console.log(`${kind.padEnd(7)}${kib.toFixed(1).padStart(6)} of ${limit} KiB${over ? '   OVER THE LIMIT' : ''}`)
}
process.exit(failed ? 1 : 0)
