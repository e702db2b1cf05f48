// Holds every answer to src/api/openapi.yaml, with validators that nobody here wrote: the document against OpenAPI's own
// schemas, the bodies against the schemas in the document (JSON Schema 2020-12).
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'

import { Validator } from '@seriousme/openapi-schema-validator'
import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'

const FILE = fileURLToPath(new URL('../../../src/api/openapi.yaml', import.meta.url))
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']

export class Contract {
  /** Reads and checks the document. */
  static async read() {
    const validator = new Validator()
    const outcome = await validator.validate(FILE)
    assert.ok(outcome.valid, `openapi.yaml is no OpenAPI document: ${JSON.stringify(outcome.errors)?.slice(0, 2000)}`)
    return new Contract(validator.specification)
  }

  constructor(document) {
    this.document = document
    this.seen = new Map() // "get /api/keys 200" -> how often
    this.validators = new Map()
    this.ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(this.ajv)
    this.ajv.addSchema(document, 'openapi')
  }

  /** Every operation: {method, template, operation}. */
  get operations() {
    return Object.entries(this.document.paths).flatMap(([template, item]) =>
      METHODS.filter((method) => item[method]).map((method) => ({ method, template, operation: item[method] })))
  }

  /** The template that a path fits, literal segments first: /api/keys/test before /api/keys/{id}. */
  templateOf(path) {
    const fits = Object.keys(this.document.paths).filter((template) =>
      new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
    return fits.sort((a, b) => (a.match(/\{/g)?.length ?? 0) - (b.match(/\{/g)?.length ?? 0))[0]
  }

  /** Fails unless the answer is as described. */
  check(answer) {
    const { path, status, headers, body } = answer
    const head = answer.method.toUpperCase() === 'HEAD' // it answers as GET does, without the body
    const method = head ? 'get' : answer.method
    const template = this.templateOf(path)
    const place = template && `#/paths/${escaped(template)}/${method.toLowerCase()}`
    const described = place && this.find(place)
    if (!described) {
      assert.ok([400, 401, 403, 404, 405, 408, 413, 414, 415, 429, 431, 500, 503].includes(status), `${method} ${path} answers ${status} but is not in openapi.yaml`)
      if (status >= 400) this.checkBody('#/components/schemas/Problem', { method, path, status, headers, body }, 'application/problem+json')
      return
    }
    const name = `${method.toLowerCase()} ${template} ${status}`
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1)
    const answers = described.responses
    const chosen = answers[String(status)] ? String(status) : 'default'
    assert.ok(answers[chosen] && (chosen !== 'default' || status >= 400), `${name} is not described`)
    if (head) return assert.equal(body, '', 'HEAD has no body')
    if (this.isOfTheServer(status, body)) this.checkBody('#/components/schemas/Problem', { method, path, status, headers, body }, 'application/problem+json')
    else this.checkContent(`${place}/responses/${chosen}`, { method, path, status, headers, body })
    this.checkCode(name, described, status, body)
  }

  checkContent(place, answer) {
    const content = this.find(place).content
    if (!content) {
      assert.equal(answer.body, '', `${answer.method} ${answer.path} ${answer.status} has a body that is not described`)
      return
    }
    const type = (answer.headers['content-type'] ?? '').split(';')[0].trim()
    assert.ok(content[type], `${answer.method} ${answer.path} ${answer.status} is ${type || 'of no type'}, described are ${Object.keys(content)}`)
    if (!/json$/.test(type)) return
    this.checkBody(`${this.resolved(place)}/content/${escaped(type)}/schema`, answer, type)
  }

  checkBody(schema, answer, type) {
    assert.equal((answer.headers['content-type'] ?? '').split(';')[0], type)
    if (!this.validators.has(schema)) this.validators.set(schema, this.ajv.compile({ $ref: `openapi${schema}` }))
    const validate = this.validators.get(schema)
    assert.ok(validate(JSON.parse(answer.body)), `${answer.method} ${answer.path} ${answer.status}: ${this.ajv.errorsText(validate.errors)} in ${answer.body.slice(0, 600)}`)
  }

  /** Whether a refusal was made before anyone knew the route: then it has the plain shape, also where a route has its own. */
  isOfTheServer(status, body) {
    if (status < 400 || !body.startsWith('{')) return false
    const problem = JSON.parse(body)
    return this.document['x-codes-everywhere'].includes(problem.code) && !('success' in problem)
  }

  /** A problem's code is one that the operation lists, with the status that the table gives it. */
  checkCode(name, operation, status, body) {
    if (status < 400 || !body) return
    const { code } = JSON.parse(body)
    const listed = [...(operation['x-codes'] ?? []), ...this.document['x-codes-everywhere']]
    assert.ok(listed.includes(code), `${name}: the code ${code} is not listed for it`)
    assert.equal(this.document['x-codes'][code]?.status, status, `${name}: the code ${code} belongs to another status`)
  }

  /** Where a reference leads in the end. */
  resolved(place) {
    const value = this.walk(place)
    return value?.$ref ? this.resolved(value.$ref) : place
  }

  find(place) {
    return this.walk(this.resolved(place))
  }

  walk(place) {
    return place.slice(2).split('/').map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')).reduce((value, part) => value?.[part], this.document)
  }
}

const escaped = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')
