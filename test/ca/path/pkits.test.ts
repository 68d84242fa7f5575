/** NIST PKITS (4.1 to 4.16, 246 cases, all of them every time): nothing that must be refused is accepted. */
import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import { validatePath } from '../../../ca/path/index.ts'

interface Case {
  readonly test: string
  readonly anchor: string
  readonly certs: readonly string[]
  readonly target: string
  readonly crls: readonly string[]
  readonly settings: {
    readonly userInitialPolicySet: readonly string[]
    readonly initialExplicitPolicy: boolean
    readonly initialPolicyMappingInhibit: boolean
    readonly initialAnyPolicyInhibit: boolean
    readonly time: string
  }
  readonly expected: 'valid' | 'invalid'
}

/** Valid paths that are refused: DSA is not verified (4.1.4, 4.1.5); a CRL signer vouched for by its own list (4.14.30). */
const falseRejects = ['4.1.4', '4.1.5', '4.14.30']

const folder = new URL('../../../../shared/data/pkits/', import.meta.url)
const read = (name: string) => {
  const bytes = readFileSync(new URL(name, folder))
  const [, base64] = /-----BEGIN[^-]+-----([^-]+)-----END/.exec(bytes.toString('latin1')) ?? []
  return new Uint8Array(base64 === undefined ? bytes : Buffer.from(base64, 'base64'))
}

test('PKITS: no false accept, and only three false rejects', async (t) => {
  if (!existsSync(folder)) {
    t.log('skipped: ../shared/data/pkits is not here')
    t.pass()
    return
  }
  const cases = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as readonly Case[]
  const accepted: string[] = []
  const refused: string[] = []
  for (const item of cases) {
    const { settings } = item
    const report = await validatePath({
      target: read(`certs/${item.target}`),
      intermediates: item.certs.map((name) => read(`certs/${name}`)),
      anchors: [read(`certs/${item.anchor}`)],
      crls: item.crls.map((name) => read(`crls/${name}`)),
      at: new Date(settings.time),
      policies: {
        initialPolicySet: settings.userInitialPolicySet,
        requireExplicitPolicy: settings.initialExplicitPolicy,
        inhibitPolicyMapping: settings.initialPolicyMappingInhibit,
        inhibitAnyPolicy: settings.initialAnyPolicyInhibit,
      },
    })
    t.is(report.valid, report.findings.length === 0, item.test)
    if (report.valid && item.expected === 'invalid') accepted.push(item.test)
    if (!report.valid && item.expected === 'valid') refused.push(item.test)
  }
  t.deepEqual(accepted, [])
  t.deepEqual(refused, falseRejects)
  t.log(`${String(cases.length - refused.length)} of ${String(cases.length)} agree`)
})
