// Made-up organizations of a provider, with usage and cost that anyone can compute again: the same for the same name.
import { createHash } from 'node:crypto'

import { toText } from './decimal.mjs'

export const DAY_SECONDS = 86_400
const HOURS = [3, 9, 14, 20] // of a day that is over; what was used today stands in hour 0, which has always begun

/** The number of the UTC day that it is. */
export const today = () => Math.floor(Date.now() / 1000 / DAY_SECONDS)
export const dayText = (day) => new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10)

/** `count` characters that depend on `seed` alone. */
export function letters(seed, count, alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') {
  let text = ''
  for (let round = 0; text.length < count; round++) {
    for (const byte of createHash('sha256').update(`${seed}/${round}`).digest()) text += alphabet[byte % alphabet.length]
  }
  return text.slice(0, count)
}

/** A number from 0 to bound - 1 that depends on the words alone. */
function pick(bound, ...words) {
  return createHash('sha256').update(words.join('/')).digest().readUInt32BE(0) % bound
}

const openaiBody = (seed, half) => `${letters(`${seed}a`, half)}T3BlbkFJ${letters(`${seed}b`, half)}`

/** Key texts in the providers' own forms. No such key was ever given out. */
export const keyText = {
  openaiAdmin: (seed) => `sk-admin-${openaiBody(seed, 58)}`,
  openaiProject: (seed) => `sk-proj-${openaiBody(seed, 74)}`,
  openaiServiceAccount: (seed) => `sk-svcacct-${openaiBody(seed, 74)}`,
  openaiLegacy: (seed) => `sk-${openaiBody(seed, 20)}`,
  anthropic: (seed) => `sk-ant-api03-${letters(seed, 93)}AA`,
  anthropicAdmin: (seed) => `sk-ant-admin01-${letters(seed, 93)}AA`,
  brave: (seed) => `BSA${letters(seed, 28)}`,
}

const MODELS = {
  openai: ['gpt-6-luna', 'gpt-6-astra'],
  anthropic: ['claude-opus-5-5', 'claude-haiku-4-5'],
}
// Whole units of 10^-30 dollars for one token of input and of output: 2.50 and 10 dollars per million.
const INPUT_PRICE = 25n * 10n ** 23n
const OUTPUT_PRICE = 10n ** 25n

/**
 * One organization. `projects` are OpenAI projects or Anthropic workspaces; each has keys, whose full text the test knows
 * and whose redacted form the provider lists.
 */
export class Organization {
  constructor(kind, name, { projects = 2, keysPerProject = 2, historyDays = 40, analytics = true } = {}) {
    this.kind = kind
    this.name = name
    this.id = kind === 'openai' ? `org-${letters(name, 24)}` : `${letters(name, 8, '0123456789abcdef')}-aaaa-4bbb-8ccc-${letters(name, 12, '0123456789abcdef')}`
    this.firstDay = today() - historyDays + 1
    this.lastDay = today()
    this.analytics = analytics // whether Anthropic's newer reports are there
    this.numbers = false // amounts as JSON numbers, as the description says, or as text, as live answers are
    this.models = MODELS[kind]
    this.adminKey = kind === 'openai' ? keyText.openaiAdmin(name) : keyText.anthropicAdmin(name)
    this.projects = Array.from({ length: projects }, (_, index) => this.makeProject(index, keysPerProject))
    this.keys = this.projects.flatMap((project) => project.keys)
  }

  makeProject(index, keys) {
    const seed = `${this.name}/project${index}`
    const id = (this.kind === 'openai' ? 'proj_' : 'wrkspc_') + letters(seed, 24)
    return { id, name: `Project ${index + 1} of ${this.name}`, keys: Array.from({ length: keys }, (_, at) => this.makeKey(id, `${seed}/key${at}`)) }
  }

  makeKey(project, seed) {
    const text = this.kind === 'openai' ? keyText.openaiProject(seed) : keyText.anthropic(seed)
    const id = (this.kind === 'openai' ? 'key_' : 'apikey_') + letters(`${seed}/id`, 20)
    return { id, name: seed.split('/').at(-1), text, project, redacted: this.redact(text) }
  }

  redact(text) {
    if (this.kind === 'openai') return `sk-proj-${'*'.repeat(text.length - 12)}${text.slice(-4)}`
    return `${text.slice(0, 'sk-ant-api03-'.length + 3)}...${text.slice(-4)}`
  }

  /** Who asks with this key text: the admin, one of the keys, or nobody. */
  who(text) {
    if (text === this.adminKey) return { role: 'admin' }
    const key = this.keys.find((each) => each.text === text)
    return key && { role: 'key', key }
  }

  /** The use of one day as rows of (project, key, model, hour). Nothing before the first day or after the last. */
  usage(day) {
    if (day < this.firstDay || day > this.lastDay) return []
    const rows = []
    for (const key of this.keys) for (const model of this.models) rows.push(...this.usageOfKey(day, key, model))
    return rows
  }

  usageOfKey(day, key, model) {
    const hours = day === this.lastDay ? [0] : HOURS
    return hours.map((hour) => {
      const seed = [this.name, day, key.id, model, hour]
      const requests = 1 + pick(50, ...seed, 'requests')
      const cached = pick(5_000, ...seed, 'cached')
      const written = pick(1_000, ...seed, 'written')
      const plain = 1_000 + pick(90_000, ...seed, 'plain')
      return { day, hour, project: key.project, key: key.id, model, requests, cached, written, plain, input: plain + cached + written, output: 100 + pick(20_000, ...seed, 'output') }
    })
  }

  /** What was billed on one day: an input and an output line for each key and model, in units of 10^-30 dollars. */
  costs(day) {
    const lines = new Map()
    for (const row of this.usage(day)) {
      for (const [side, tokens, price] of [['input', row.input, INPUT_PRICE], ['output', row.output, OUTPUT_PRICE]]) {
        const name = `${row.project} ${row.key} ${row.model} ${side}`
        const line = lines.get(name) ?? { day, project: row.project, key: row.key, model: row.model, side, tokens: 0, units: 0n }
        line.tokens += tokens
        line.units += BigInt(tokens) * price
        lines.set(name, line)
      }
    }
    // A tail down to the 30th decimal (the 12th of a cent for Anthropic), which a double or an early rounding would lose.
    for (const line of lines.values()) {
      const tail = (BigInt(line.tokens) * 123_456_789_012_345_678_901n) % 10n ** 21n
      line.units += this.kind === 'openai' ? tail : tail - (tail % 10n ** 16n)
    }
    return [...lines.values()]
  }

  days(from, to) {
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
  }

  /** What a range of days has to sum up to, both days included. Amounts as the provider's decimal text. */
  expected(from, to, keep = () => true) {
    const usage = this.days(from, to).flatMap((day) => this.usage(day)).filter(keep)
    const costs = this.days(from, to).flatMap((day) => this.costs(day)).filter(keep)
    const sum = (field) => usage.reduce((total, row) => total + row[field], 0)
    return {
      amounts: costs.map((line) => toText(line.units, 30)),
      requests: sum('requests'), input_tokens: sum('input'), output_tokens: sum('output'), cached_tokens: sum('cached'),
    }
  }
}
