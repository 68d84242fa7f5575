/** Time-stamping, held against RFC 3161 and 5816 by `openssl ts`, with a twin for every refusal. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import {
  boxActor,
  createTimeStampAuthority,
  oids,
  sha256,
  sha256Hex,
  signCms,
  tokensOf,
  type TimeStampAnswer,
  type TimeStampKey,
} from '../../../ca/index.ts'
import { children, readDer, sequenceOf } from '../../../ca/der/read.ts'
import * as der from '../../../ca/der/write.ts'
import { openDistrict, pem, tool, type TestDistrict } from './district.ts'

const data = new TextEncoder().encode('某区人民政府文件')

/** Has OpenSSL make a request over `data`. */
async function ask(district: TestDistrict, ...options: readonly string[]): Promise<Uint8Array> {
  const request = join(district.directory, 'request.tsq')
  const content = await district.file('content', data)
  const made = await tool('openssl', 'ts', '-query', '-data', content, ...options, '-out', request)
  if (made.status !== 0) throw new Error(made.output)
  return readFile(request)
}

/** What `openssl ts -verify` says of a response to the last request, with the district's current lists. */
async function verify(
  district: TestDistrict,
  response: Uint8Array,
  ...options: readonly string[]
): Promise<string> {
  const { certificates, authority } = district
  const trusted = await district.file(
    'trusted.pem',
    pem('CERTIFICATE', certificates.root) +
      pem('X509 CRL', (await authority.crl('root')).crl, (await authority.crl('issuing')).crl),
  )
  const { output } = await tool(
    'openssl',
    ...['ts', '-verify', '-queryfile', join(district.directory, 'request.tsq')],
    ...['-in', await district.file('response.tsr', response), '-CAfile', trusted, ...options],
  )
  return output
}

async function textOf(district: TestDistrict, response: Uint8Array): Promise<string> {
  const path = await district.file('response.tsr', response)
  return (await tool('openssl', 'ts', '-reply', '-in', path, '-text')).output
}

for (const hash of ['-sha256', '-sha384', '-sha512']) {
  test(`openssl verifies a stamp over ${hash} with nonce, certificates and lists`, async (t) => {
    const district = await openDistrict()
    t.teardown(() => district.close())
    const answer = await district.timeStamps.respond(await ask(district, hash, '-cert'))
    t.true(answer.granted)
    const verified = await verify(district, answer.response, '-crl_check', '-x509_strict')
    t.regex(verified, /Verification: OK/, verified)
    const text = await textOf(district, answer.response)
    t.regex(text, /Policy OID: 2\.999\.91\.1\.1/)
    t.regex(text, /Accuracy: 0x3C seconds/)
    t.regex(text, /Ordering: no/)
    t.regex(text, /Nonce: 0x[0-9A-F]+/)
    t.regex(text, /TSA: DirName:/)
  })
}

test('certificates and nonce are inside if and only if they were asked for', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const answer = await district.timeStamps.respond(await ask(district, '-sha256', '-no_nonce'))
  t.regex(await textOf(district, answer.response), /Nonce: unspecified/)
  t.false(contains(answer.response, district.certificates.timestamping))
  const { issuing, timestamping } = district.certificates
  const others = await district.file('others.pem', pem('CERTIFICATE', timestamping, issuing))
  t.regex(await verify(district, answer.response, '-untrusted', others), /Verification: OK/)
  const full = await district.timeStamps.respond(await ask(district, '-sha256', '-cert'))
  t.true(contains(full.response, timestamping) && contains(full.response, issuing))
})

test('openssl refuses a stamp by a revoked authority, and a stamp over other data', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const answer = await district.timeStamps.respond(await ask(district, '-sha256', '-cert'))
  await district.authority.revoke({
    sha256: sha256Hex(district.certificates.timestamping),
    reason: 'keyCompromise',
    actor: boxActor,
  })
  t.regex(await verify(district, answer.response, '-crl_check'), /FAILED[\s\S]*certificate revoked/)
  await ask(district, '-sha512', '-cert')
  t.regex(await verify(district, answer.response), /FAILED/)
})

/** A request of our own making. */
function request(parts: {
  version?: number
  algorithm?: string
  length?: number
  policy?: string
  rest?: readonly Uint8Array[]
}): Uint8Array {
  const { version = 1, algorithm = oids.sha256, length = 32, policy, rest = [] } = parts
  return der.sequence(
    der.integer(version),
    der.sequence(
      der.sequence(der.objectIdentifier(algorithm)),
      der.octetString(new Uint8Array(length)),
    ),
    ...(policy === undefined ? [] : [der.objectIdentifier(policy)]),
    ...rest,
  )
}

const md5 = '1.2.840.113549.2.5'
const extension = der.element(
  0xa0,
  der.sequence(der.objectIdentifier('2.999.1'), der.octetString(new Uint8Array(2))),
)

const cases: readonly (readonly [title: string, request: Uint8Array, outcome: string])[] = [
  ['a plain request is granted', request({}), 'granted'],
  ['the policy of this authority is granted', request({ policy: oids.timeStampPolicy }), 'granted'],
  ['another policy is refused', request({ policy: '1.2.3' }), 'unacceptedPolicy'],
  ['SHA-512 is granted', request({ algorithm: oids.sha512, length: 64 }), 'granted'],
  ['MD5 is refused', request({ algorithm: md5, length: 16 }), 'badAlg'],
  ['SHA-1 is refused', request({ algorithm: oids.sha1, length: 20 }), 'badAlg'],
  ['a digest of a wrong length is refused', request({ length: 31 }), 'badDataFormat'],
  ['an empty digest is refused', request({ length: 0 }), 'badDataFormat'],
  ['version 2 is refused', request({ version: 2 }), 'badRequest'],
  ['an extension is refused', request({ rest: [extension] }), 'unacceptedExtension'],
  [
    'a nonce and certReq are granted',
    request({ rest: [der.integer(5), der.booleanTrue] }),
    'granted',
  ],
  [
    'parts out of order are refused',
    request({ rest: [der.booleanTrue, der.integer(5)] }),
    'badDataFormat',
  ],
  ['a part twice is refused', request({ rest: [der.integer(5), der.integer(5)] }), 'badDataFormat'],
  ['octets after the end are refused', Uint8Array.from([...request({}), 0]), 'badDataFormat'],
  ['a truncated request is refused', request({}).subarray(0, -1), 'badDataFormat'],
  ['nothing at all is refused', new Uint8Array(), 'badDataFormat'],
  [
    'a large nonce is granted',
    request({ rest: [der.integer(new Uint8Array(1000).fill(1))] }),
    'granted',
  ],
  [
    'an oversized request is refused',
    request({ rest: [der.integer(new Uint8Array(3000).fill(1))] }),
    'badDataFormat',
  ],
]

test('each request is granted or refused with the failure that RFC 3161 names', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  for (const [title, bytes, outcome] of cases) {
    const answer = await district.timeStamps.respond(bytes)
    t.is(outcomeOf(answer), outcome, title)
    const text = await textOf(district, answer.response)
    t.regex(text, answer.granted ? /Status: Granted/ : /Status: Rejected/, title)
    t.is(answer.granted, sequenceOf(readDer(answer.response), 'response').length === 2, title)
  }
})

test('the failure is the bit that its name has', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const said = async (bytes: Uint8Array): Promise<string> =>
    textOf(district, (await district.timeStamps.respond(bytes)).response)
  t.regex(
    await said(request({ algorithm: md5, length: 16 })),
    /unrecognized or unsupported algorithm/,
  )
  t.regex(await said(request({ policy: '1.2.3' })), /requested TSA policy is not supported/)
  t.regex(await said(request({ length: 31 })), /data submitted has the wrong format/)
  t.regex(await said(request({ version: 2 })), /transaction not permitted or supported/)
  t.regex(await said(request({ rest: [extension] })), /requested extension is not supported/)
})

test('nothing is stamped while the time is not confirmed, or after the key has had its year', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { clock, certificates, timeStamps, stampOptions } = district
  const notToBeAsked = keyOf(certificates.timestamping, () => new Error('not to be asked'))
  const held = createTimeStampAuthority({
    ...stampOptions,
    key: () => notToBeAsked,
    clock: { now: () => clock.now(), timeSource: 'host', state: 'held' },
  })
  t.is(outcomeOf(await held.respond(request({}))), 'timeNotAvailable')
  await t.throwsAsync(held.stamp(sha256(data)), { code: 'CA_TIME_UNAVAILABLE' })
  t.is(outcomeOf(await timeStamps.respond(request({}))), 'granted')
  const year = 365 * 86_400_000
  clock.at = new Date(clock.at.getTime() + year - 3_600_000)
  t.is(outcomeOf(await timeStamps.respond(request({}))), 'granted')
  clock.at = new Date(clock.at.getTime() + 2 * 3_600_000)
  t.is(outcomeOf(await timeStamps.respond(request({}))), 'timeNotAvailable')
})

test('a key that fails gives systemFailure, not an exception, and so does a journal that takes nothing', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { certificates, stampOptions } = district
  const removed = keyOf(certificates.timestamping, () => new Error('token removed'))
  const broken = createTimeStampAuthority({ ...stampOptions, key: () => removed })
  const answer = await broken.respond(request({}))
  t.is(outcomeOf(answer), 'systemFailure')
  t.regex(await textOf(district, answer.response), /system failure/)
  const unrecorded = createTimeStampAuthority({
    ...stampOptions,
    record: () => Promise.reject(new Error('the disk is full')),
  })
  t.is(outcomeOf(await unrecorded.respond(request({}))), 'systemFailure')
  await t.throwsAsync(unrecorded.stamp(sha256(data)), { message: 'the disk is full' })
})

test('certificates that are asked for and are not at hand are addInfoNotAvailable', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { stampOptions } = district
  const bare = { ...stampOptions.key(), certificates: [] }
  const authority = createTimeStampAuthority({ ...stampOptions, key: () => bare })
  const answer = await authority.respond(request({ rest: [der.booleanTrue] }))
  t.is(outcomeOf(answer), 'addInfoNotAvailable')
  t.regex(await textOf(district, answer.response), /additional information/)
  t.is(outcomeOf(await authority.respond(request({}))), 'granted')
})

test('each policy of the table is granted as its promise holds, the first one where none is named', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { stampOptions, clock } = district
  const exact = request({ policy: oids.timeStampPolicyExact })
  t.is(outcomeOf(await district.timeStamps.respond(exact)), 'unacceptedPolicy')
  const synchronised = createTimeStampAuthority({
    ...stampOptions,
    clock: { now: () => clock.now(), timeSource: 'chrony', state: 'confirmed' },
  })
  const answer = await synchronised.respond(exact)
  const text = await textOf(district, answer.response)
  t.regex(text, /Policy OID: 2\.999\.91\.1\.2/)
  t.regex(text, /Accuracy: 0x01 seconds/)
  const unnamed = await synchronised.respond(request({}))
  t.regex(await textOf(district, unnamed.response), /Policy OID: 2\.999\.91\.1\.1/)
})

test('every granted token stands in the journal before it is answered; those of a moment share one entry', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { journal, timeStamps, certificates } = district
  const before = journal.size
  const asked = Array.from({ length: 20 }, () => timeStamps.respond(request({})))
  const answers = await Promise.all(asked)
  await timeStamps.respond(request({ policy: '1.2.3' }))
  const written = journal.size - before
  const certificate = sha256Hex(certificates.timestamping)
  const recorded: string[] = []
  let entries = 0
  for await (const { entry, tokens } of tokensOf(journal, certificate)) {
    entries++
    t.is(entry.type, 'timestamps.granted')
    recorded.push(...tokens.map(([, token]) => token))
  }
  t.is(entries, written, 'a refusal is no entry')
  t.true(entries <= 2, `${String(entries)} entries for twenty tokens`)
  const handedOut = answers.map(({ response }) => {
    const [, token] = sequenceOf(readDer(response), 'response')
    return sha256Hex(token?.raw ?? response)
  })
  t.deepEqual(recorded.toSorted(), handedOut.toSorted())
})

test('serial numbers of 2,000 tokens, half of them after a restart, are 2,000', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { journal, certificates, stampOptions } = district
  for (let start = 0; start < 2; start++) {
    const authority = createTimeStampAuthority(stampOptions)
    const asked = Array.from({ length: 1000 }, () => authority.respond(request({})))
    t.true((await Promise.all(asked)).every(({ granted }) => granted))
  }
  const serials: string[] = []
  for await (const { tokens } of tokensOf(journal, sha256Hex(certificates.timestamping))) {
    serials.push(...tokens.map(([serial]) => serial))
  }
  t.is(serials.length, 2000)
  t.is(new Set(serials).size, 2000)
  t.true(
    serials.every((serial) => serial.length === 32),
    '128 bits, none of them lost',
  )
})

test('a token is what signed_data.ts would have written, octet by octet', async (t) => {
  const district = await openDistrict({ algorithm: 'rsa-sha256' })
  t.teardown(() => district.close())
  const { signer, certificates } = district.stampOptions.key()
  const token = await district.timeStamps.stamp(sha256(data))
  const [info] = encapsulatedIn(token)
  const general = await signCms({
    ...{ signer, certificates, digest: sha256(info) },
    content: { type: oids.tstInfo, bytes: info },
  })
  t.deepEqual(Buffer.from(token), Buffer.from(general), 'RSA signs the same each time')
})

test('a stamp for the box itself is a token that openssl verifies, its serial number its own', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const digest = new Uint8Array(createHash('sha256').update(data).digest())
  const [first, second] = await Promise.all([1, 2].map(() => district.timeStamps.stamp(digest)))
  await ask(district, '-sha256', '-no_nonce')
  t.regex(await verify(district, first ?? digest, '-token_in', '-crl_check'), /Verification: OK/)
  t.notDeepEqual(first, second)
  const path = await district.file('token.p7', first ?? digest)
  const { output } = await tool(
    'openssl',
    'cms',
    '-cmsout',
    '-print',
    '-inform',
    'DER',
    '-in',
    path,
    '-noout',
  )
  t.regex(output, /eContentType: id-smime-ct-TSTInfo/)
  t.is(output.match(/signerInfos:/g)?.length, 1)
  t.regex(output, /id-smime-aa-signingCertificateV2/)
})

/** A key whose signing fails. */
function keyOf(certificate: Uint8Array, error: () => Error): TimeStampKey {
  const sign = (): Promise<never> => Promise.reject(error())
  const signer = { certificate, algorithm: 'ecdsa-p256-sha256', sign } as const
  return { signer, certificates: [certificate] }
}

/** The TSTInfo of a token. */
function encapsulatedIn(token: Uint8Array): [Uint8Array] {
  const [, explicit] = children(readDer(token))
  const signedData = children(
    explicit?.tag === 0xa0 ? (children(explicit)[0] ?? explicit) : readDer(token),
  )
  const content = children(signedData[2] ?? readDer(token))[1]
  const octets = content && children(content)[0]
  return [octets?.contents ?? new Uint8Array()]
}

function outcomeOf(answer: TimeStampAnswer): string {
  return answer.granted ? 'granted' : answer.failure
}

function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(bytes).includes(Buffer.from(part))
}
