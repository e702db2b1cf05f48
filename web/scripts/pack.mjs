// The built files as the server embeds them: text in gzip form only, at its best; fonts as they are.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = path.resolve(import.meta.dirname, '../dist')
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name)
  if (!entry.isFile() || /\.(gz|woff2)$/.test(file)) continue
  const packed = gzipSync(readFileSync(file), { level: 9 })
  packed[9] = 255 // no name of the system that packed it: the same bytes everywhere
  writeFileSync(`${file}.gz`, packed)
  rmSync(file)
}
