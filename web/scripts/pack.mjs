// The built files as the server embeds them: text in gzip form only, at its best; fonts as they are.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

/** Zopfli's form is 3.5 % smaller than the best of zlib, and takes two seconds; where it is not installed, zlib does. */
function pack(file) {
  const zopfli = spawnSync('zopfli', ['-c', '--i15', file], { maxBuffer: 16 << 20 })
  return zopfli.status === 0 ? zopfli.stdout : gzipSync(readFileSync(file), { level: 9 })
}

const dist = path.resolve(import.meta.dirname, '../dist')
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name)
  if (!entry.isFile() || /\.(gz|woff2)$/.test(file)) continue
  const packed = pack(file)
  packed[9] = 255 // no name of the system that packed it: the same bytes everywhere
  writeFileSync(`${file}.gz`, packed)
  rmSync(file)
}
