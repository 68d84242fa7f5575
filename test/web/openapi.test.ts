/** The description of the API and the table of errors: whole, and true to the table of routes. */
import test from 'ava'
import { messages } from '../../web/messages.ts'
import { describeApi } from '../../web/openapi.ts'
import { routes } from '../../web/routes.ts'
import type { BoxFacts } from '../../web/index.ts'
import { openTestBox } from './box_fixture.ts'

interface Operation {
  readonly summary: string
  readonly 'x-who': string
  readonly security?: readonly object[]
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: object
  }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly description: string }>
}
interface Description {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, object>>
}

const facts = { version: '0.0.0', url: 'https://localhost' } as BoxFacts
const described = describeApi(routes, facts) as Description

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') yield inner
    else yield* referencesIn(inner)
  }
}

function follow(reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/')
  return steps.reduce<unknown>(
    (at, step) => (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/')],
    described,
  )
}

test('the box serves the description to whoever holds a certificate', async (t) => {
  const box = await openTestBox()
  t.teardown(() => box.close())
  const path = '/api/v1/openapi.json'
  t.is((await box.request({ path })).code, 'CERTIFICATE_REQUIRED')
  const { json } = await box.request({ path, as: box.units[0].keys.clerk })
  const { paths, openapi } = json as unknown as Description
  t.is(openapi, '3.1.0')
  const api = routes.filter((row) => row.path.startsWith('/api/v1/') && row.path !== path)
  for (const row of api) {
    const at = row.path.replace(/:(\w+)/g, '{$1}')
    t.truthy(paths[at]?.[row.method.toLowerCase()], `${row.method} ${at}`)
  }
})

test('every reference resolves, and every object has the fields that OpenAPI 3.1 requires', (t) => {
  t.is(described.openapi, '3.1.0')
  t.truthy(described.info.title)
  t.truthy(described.info.version)
  const references = [...referencesIn(described)]
  t.true(references.length > 0)
  for (const reference of references) {
    t.true(reference.startsWith('#/'), reference)
    t.is(typeof follow(reference), 'object', reference)
  }
  for (const [path, operations] of Object.entries(described.paths)) {
    t.regex(path, /^\//)
    for (const [method, { summary, responses, requestBody }] of Object.entries(operations)) {
      t.true(['get', 'post'].includes(method), `${method} ${path}`)
      t.true(summary.length > 0, path)
      t.true(Object.keys(responses).length > 0, path)
      for (const [status, { description }] of Object.entries(responses)) {
        t.regex(status, /^([1-5]XX|\d{3}|default)$/, path)
        t.true(description.length > 0, path)
      }
      for (const { schema } of Object.values(requestBody?.content ?? {})) {
        t.is(typeof schema, 'object', path)
      }
      t.true(method === 'post' || requestBody === undefined, path)
    }
  }
})

test('every row is described: its parameters, its key, whom it is for', (t) => {
  const rows = routes.map(({ method, path }) => `${method} ${path}`)
  t.is(new Set(rows).size, rows.length, 'no row stands twice')
  for (const row of routes) {
    const path = row.path.replace(/:(\w+)/g, '{$1}')
    const operation = described.paths[path]?.[row.method.toLowerCase()]
    if (operation === undefined) {
      t.fail(`${row.method} ${path} is not described`)
      continue
    }
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
    t.deepEqual(
      declared.map(({ name }) => name),
      inPath as string[],
      path,
    )
    t.true(
      declared.every(({ required }) => required),
      path,
    )
    const keyed = operation.parameters.some(({ name }) => name === 'Idempotency-Key')
    t.is(keyed, row.path.includes('/acts/'), path)
    t.is(operation['x-who'], row.who, path)
    t.is(operation.security === undefined, row.who === 'anyone', path)
    t.is(operation.requestBody === undefined, row.body === undefined, path)
    const queried = [...row.summary.matchAll(/[?&|](\w+)=/g)].map(([, name]) => name)
    t.is(new Set(queried).size, queried.length, path)
  }
})

test('every error speaks both languages and has a status of its own kind', (t) => {
  const sentences = new Map<string, string[]>()
  for (const [code, { status, zh, en }] of Object.entries(messages)) {
    t.regex(code, /^[A-Z][A-Z0-9_]+$/)
    t.true(status >= 400 && status <= 599, code)
    t.regex(zh, /\p{Script=Han}.*。$/u, code)
    t.regex(en, /^[A-Z].*\.$/, code)
    t.notRegex(en, /\p{Script=Han}/u, code)
    for (const sentence of [zh, en])
      sentences.set(sentence, [...(sentences.get(sentence) ?? []), code])
  }
  /** What may share its words: failures of ours that a person can do nothing about, and one limit met in two places. */
  const ours = Object.entries(messages).filter(([, { status }]) => status === 500)
  const shared = [ours.map(([code]) => code), ['BODY_TOO_LARGE', 'BLOB_TOO_LARGE']]
  for (const [sentence, codes] of sentences) {
    if (codes.length === 1) continue
    const intended = shared.some((group) => codes.every((code) => group.includes(code)))
    t.true(intended, `${sentence} is said of ${codes.join()}`)
  }
})
