// Files of other programs, and looks into our own, through the sqlite3 command line.
import { spawnSync } from 'node:child_process'
import assert from 'node:assert/strict'

/** Runs SQL on a file and answers what it prints. */
export function sqlite(file, sql) {
  const { status, stdout, stderr } = spawnSync('sqlite3', ['-batch', '-noheader', file], { input: `.bail on\n.timeout 10000\n${sql}`, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.trim()
}
