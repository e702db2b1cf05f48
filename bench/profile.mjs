// Where a call's instructions go: the server under callgrind, with a small load. Times under it mean nothing, shares and counts do.
//   node bench/profile.mjs [--target /api/forward-auth] [--connections 64] [--seconds 6] [--lines 40]
// SHA-256 weighs more there than it does on a processor with instructions for it, which callgrind does not have.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

const { values: wanted } = parseArgs({ options: { target: { type: 'string', default: '/api/forward-auth' }, connections: { type: 'string', default: '64' }, seconds: { type: 'string', default: '6' }, lines: { type: 'string', default: '40' } } })

// The wrapper is the binary that the servers of tests and benchmarks start, so it has to be there before they are read.
const place = await mkdtemp(path.join(os.tmpdir(), 'keyledger-profile-'))
const binary = process.env.KEYLEDGER_BINARY ?? new URL('../build/release/keyledger', import.meta.url).pathname
process.env.KEYLEDGER_BINARY = path.join(place, 'keyledger')
await writeFile(process.env.KEYLEDGER_BINARY, `#!/bin/sh\n[ "$1" = serve ] || exec ${binary} "$@"\nexec valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file=${place}/calls ${binary} "$@"\n`)
await chmod(process.env.KEYLEDGER_BINARY, 0o755)
const { context, fresh, issue, main, run, settled } = await import('./lib/load.mjs')

async function profile() {
  context.after(() => rm(place, { recursive: true, force: true }))
  const server = await fresh()
  const keys = await issue(server, 300)
  const script = path.join(place, 'keys.lua')
  await writeFile(script, `
local keys = {${keys.map((key) => `"${key}"`).join(',')}}
request = function() wrk.headers["X-API-Key"] = keys[math.random(#keys)] return wrk.format("GET", "${wanted.target}") end
done = function(summary) io.write(string.format("RESULT %d\\n", summary.requests)) end
`)
  const control = (option, value = []) => run('callgrind_control', [option, ...value, String(server.pid)])
  await control('-i', ['on'])
  const { stdout } = await run('wrk', ['-t1', `-c${wanted.connections}`, `-d${wanted.seconds}s`, '-s', script, `http://127.0.0.1:${server.port}`])
  await settled(500)
  await control('-i', ['off'])
  await control('-d')
  await settled(1500)
  const requests = Number(/RESULT (\d+)/.exec(stdout)[1])
  const dump = (await readdir(place)).filter((name) => name.startsWith('calls.')).sort().at(-1)
  assert.ok(dump, 'callgrind wrote what it counted')
  for (const inclusive of ['yes', 'no']) {
    const { stdout: text } = await run('callgrind_annotate', [`--inclusive=${inclusive}`, '--auto=no', path.join(place, dump)], { maxBuffer: 1 << 26 })
    const lines = text.split('\n').map((line) => /^\s*([\d,]+) \([ \d.]+%\)\s+(?:[^:]*:)?(.*?)(?: \[.*)?$/.exec(line)).filter(Boolean)
    if (inclusive === 'yes') {
      const [total] = /([\d,]+) \(100\.0%\)\s+PROGRAM TOTALS/.exec(text).slice(1)
      console.log(`${requests} requests to ${wanted.target}, ${(Number(total.replaceAll(',', '')) / requests).toFixed(0)} instructions each (the kernel's are not counted)\n`)
    }
    console.log(inclusive === 'yes' ? 'with what they call' : '\nby themselves')
    for (const [, count, name] of lines.filter(([, , name]) => !name.includes('PROGRAM TOTALS')).slice(0, Number(wanted.lines))) {
      console.log(`${(Number(count.replaceAll(',', '')) / requests).toFixed(0).padStart(8)}  ${name.slice(0, 150)}`)
    }
  }
}

await main({ profile }, [])
