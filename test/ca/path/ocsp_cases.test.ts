/**
 * The 29 OCSP cases that come from OpenSSL, all of them every time: the answers of 2012, judged at the moment of each case. They are signed over
 * SHA-1, which nothing here believes unless told; told so, each case has the verdict of the collection, and each refusal a reason.
 */
import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import {
  freshnessOf,
  readCertificate,
  verifyOcsp,
  type OcspVerdict,
} from '../../../ca/path/index.ts'

interface Case {
  readonly name: string
  readonly root: string
  readonly cert: string
  readonly other_certs?: readonly string[]
  readonly ocsps: readonly string[]
  readonly moment: string
  readonly error?: { readonly msg_regex: string }
}

const folder = new URL('../../../../shared/data/certvalidator-ocsp/openssl-ocsp/', import.meta.url)
const read = (name: string): Uint8Array => {
  const text = readFileSync(new URL(name, folder), 'latin1')
  const [, base64 = text] = /-----BEGIN[^-]+-----([^-]+)-----END/.exec(text) ?? []
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

/** What the collection says of a refusal, and what we say. */
const reasons: readonly (readonly [RegExp, readonly string[]])[] = [
  // A responder named by the hash of its key is not found where its certificate holds another key: then nobody is entitled.
  [/verify OCSP response signature$/, ['OCSP_SIGNATURE_INVALID', 'OCSP_RESPONDER_UNAUTHORISED']],
  [/signing certificate could not be (located|validated)$/, ['OCSP_RESPONDER_UNAUTHORISED']],
  [/issuer (name|key) hash does not match$/, ['OCSP_NOT_ABOUT_CERTIFICATE']],
  [/not recent enough$/, ['stale']],
]

/** The first certificate for which the case brings answers and none is good and current, and why; undefined if all hold. */
async function refusal(
  item: Case,
  policy: { readonly allowSha1?: boolean; readonly requireNoCheck?: boolean },
): Promise<readonly string[] | undefined> {
  const path = [item.cert, ...(item.other_certs ?? []), item.root].map((name) =>
    readCertificate(read(name)),
  )
  const responses = item.ocsps.map(read)
  for (const [index, certificate] of path.entries()) {
    const issuer = path[index + 1]
    // Some cases bring an answer on the target alone: what is asked of the authority above it is another case's matter.
    if (!issuer || index >= responses.length) break
    const verdicts = await Promise.all(
      responses.map((response) => verifyOcsp({ response, certificate, issuer, ...policy })),
    )
    const said = verdicts.map((verdict) => wordFor(verdict, new Date(item.moment)))
    if (!said.includes('good')) return said
  }
  return undefined
}

function wordFor(verdict: OcspVerdict, at: Date): string {
  if (!verdict.valid) return verdict.code
  const fresh = freshnessOf(verdict, at, { policy: { kind: 'current' } })
  return fresh === 'fresh' ? verdict.certificate.status : fresh
}

const cases = existsSync(folder)
  ? (JSON.parse(readFileSync(new URL('openssl-ocsp.json', folder), 'utf8')) as readonly Case[])
  : []

for (const item of cases) {
  test(`OCSP case ${item.name}`, async (t) => {
    const found = await refusal(item, { allowSha1: true, requireNoCheck: false })
    const said = item.error?.msg_regex
    if (said === undefined) {
      t.is(found, undefined)
    } else {
      const [, codes = []] = reasons.find(([words]) => words.test(said)) ?? []
      t.true(
        found?.some((code) => codes.includes(code)),
        `${said}: ${String(found)}`,
      )
    }
    t.truthy(
      await refusal(item, { requireNoCheck: false }),
      'over SHA-1 nothing is believed by itself',
    )
  })
}

const withoutNoCheck = ['delegated_success']
test('a responder without nocheck is believed only where the caller says so', async (t) => {
  for (const item of cases.filter(({ error }) => !error)) {
    const found = await refusal(item, { allowSha1: true })
    const expected = withoutNoCheck.includes(item.name)
      ? ['OCSP_RESPONDER_UNAUTHORISED']
      : undefined
    t.deepEqual(found, expected, item.name)
  }
  t.pass()
})
