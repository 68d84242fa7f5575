/** OCSP answers that are kept: when they are given again, when not, and that nothing kept ever outlives what it says. */
import test, { type ExecutionContext } from 'ava'
import { boxActor, createAuthority, sha256Hex, type OcspAnswer } from '../../../ca/index.ts'
import * as der from '../../../ca/der/write.ts'
import { certificateId, hashesOf } from '../../../ca/ocsp/encode.ts'
import { oids } from '../../../ca/oids.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import { issueSeat, openDistrict, type TestDistrict } from './district.ts'

async function opened(t: ExecutionContext): Promise<TestDistrict> {
  const district = await openDistrict()
  t.teardown(() => district.close())
  return district
}

/** DER of a request about certificates, with a nonce of so many octets if any. */
function requestAbout(
  { certificates }: TestDistrict,
  about: readonly Uint8Array[],
  nonce?: number,
): Uint8Array {
  const hashes = hashesOf(readCertificate(certificates.issuing)).get(oids.sha256)
  const singles = about.map((one) => {
    const serial = Buffer.from(readCertificate(one).serialNumber, 'hex')
    return der.sequence(certificateId(hashes, serial).raw)
  })
  const value = nonce === undefined ? undefined : der.octetString(new Uint8Array(nonce).fill(7))
  const extensions =
    value &&
    der.explicit(
      2,
      der.sequence(der.sequence(der.objectIdentifier(oids.ocspNonce), der.octetString(value))),
    )
  const list = der.sequence(...singles)
  return der.sequence(extensions ? der.sequence(list, extensions) : der.sequence(list))
}

type Signed = Extract<OcspAnswer, { signed: true }>

function signed(t: ExecutionContext, answer: OcspAnswer): Signed {
  t.true(answer.signed)
  return answer as Signed
}

const isGood = (answer: OcspAnswer, certificate: Uint8Array): boolean => {
  const serial = Buffer.from(readCertificate(certificate).serialNumber, 'hex')
  return Buffer.from(answer.response).includes(Buffer.concat([serial, Buffer.of(0x80, 0)]))
}

test('the same question is answered by the same bytes, until a status of the issuer changes', async (t) => {
  const district = await opened(t)
  const { authority, clock } = district
  const [one, two] = [await issueSeat(authority), await issueSeat(authority, '李四')]
  const ask = (): Promise<OcspAnswer> =>
    authority.ocsp.respond(requestAbout(district, [one]), clock.now())
  const first = signed(t, await ask())
  t.is((await ask()).response, first.response)
  t.is(authority.ocsp.figures.kept, 1)
  clock.at = new Date(clock.at.getTime() + 2000)
  await authority.revoke({ sha256: sha256Hex(two), reason: 'superseded', actor: boxActor })
  const second = signed(t, await ask())
  t.not(second.response, first.response)
  t.not(second.tag, first.tag)
  await authority.revoke({ sha256: sha256Hex(one), reason: 'certificateHold', actor: boxActor })
  t.false(isGood(await ask(), one))
  await authority.release({ sha256: sha256Hex(one), actor: boxActor })
  t.true(isGood(await ask(), one))
})

test('an answer is signed anew after an hour, and where the clock was set back', async (t) => {
  const district = await opened(t)
  const { authority, clock } = district
  const request = requestAbout(district, [await issueSeat(authority)])
  const at = clock.now().getTime()
  const respond = (ms: number): Promise<OcspAnswer> =>
    authority.ocsp.respond(request, new Date(at + ms))
  const { response } = await respond(0)
  t.is((await respond(3_590_000)).response, response)
  const later = signed(t, await respond(3_600_000))
  t.not(later.response, response)
  t.true(later.thisUpdate.getTime() > at)
  t.not((await respond(0)).response, later.response)
})

test('answers with a nonce, and about numbers never issued, are never given twice', async (t) => {
  const district = await opened(t)
  const { authority, clock } = district
  const certificate = await issueSeat(authority)
  for (const nonce of [1, 32, 128]) {
    const request = requestAbout(district, [certificate], nonce)
    const first = signed(t, await authority.ocsp.respond(request, clock.now()))
    t.true(first.hasNonce)
    t.true(Buffer.from(first.response).includes(Buffer.alloc(nonce, 7)), 'echoed')
    t.not((await authority.ocsp.respond(request, clock.now())).response, first.response)
  }
  for (const nonce of [0, 129]) {
    const request = requestAbout(district, [certificate], nonce)
    const answer = await authority.ocsp.respond(request, clock.now())
    t.deepEqual(answer.response, der.sequence(der.enumerated(1)), 'malformedRequest')
  }
  // Not yet issued: once it is, nobody is told the old answer.
  const { random } = district
  const stranger = certificateId(
    hashesOf(readCertificate(district.certificates.issuing)).get(oids.sha256),
    random(16).with(0, 0x41),
  )
  const unknown = der.sequence(der.sequence(der.sequence(der.sequence(stranger.raw))))
  const { response } = await authority.ocsp.respond(unknown, clock.now())
  t.not((await authority.ocsp.respond(unknown, clock.now())).response, response)
})

test('two answers of one second are told apart by their tags, and said not to be told apart by the date', async (t) => {
  const district = await opened(t)
  const { authority, clock } = district
  const certificate = await issueSeat(authority)
  const request = requestAbout(district, [certificate])
  const first = signed(t, await authority.ocsp.respond(request, clock.now()))
  t.false(first.sharesSecond)
  const held = (await authority.crl('issuing')).sharesSecond
  await authority.revoke({ sha256: sha256Hex(certificate), reason: 'superseded', actor: boxActor })
  const second = signed(t, await authority.ocsp.respond(request, clock.now()))
  t.deepEqual(second.thisUpdate, first.thisUpdate)
  t.true(second.sharesSecond)
  t.false(held)
  t.true((await authority.crl('issuing')).sharesSecond)
})

test('while the views are behind the journal everybody is told to try later, and nobody good', async (t) => {
  const district = await opened(t)
  const { authority, clock, authorityOptions, journal } = district
  const certificate = await issueSeat(authority)
  const request = requestAbout(district, [certificate])
  // The journal's own state is tested with failing stores; here only what follows from it.
  const behind = createAuthority({
    ...authorityOptions,
    journal: new Proxy(journal, {
      get: (of, name) => (name === 'state' ? 'read-only' : (Reflect.get(of, name) as unknown)),
    }),
  })
  const answer = await behind.ocsp.respond(request, clock.now())
  t.deepEqual(answer.response, der.sequence(der.enumerated(3)), 'tryLater')
  t.true(isGood(await authority.ocsp.respond(request, clock.now()), certificate))
})

test('a key that fails gives internalError, unsigned, with the reason for the log', async (t) => {
  const district = await opened(t)
  const { clock, authorityOptions } = district
  const broken = createAuthority({
    ...authorityOptions,
    authorities: authorityOptions.authorities.map((one) =>
      one.ocsp
        ? { ...one, ocsp: { ...one.ocsp, sign: () => Promise.reject(new Error('token gone')) } }
        : one,
    ),
  })
  const request = requestAbout(district, [await issueSeat(district.authority)])
  const answer = await broken.ocsp.respond(request, clock.now())
  t.deepEqual(answer.response, der.sequence(der.enumerated(2)))
  t.regex(answer.signed ? '' : (answer.cause ?? ''), /token gone/)
})

test('lists and answers read at once during revocations and releases only move together', async (t) => {
  // 12 certificates held and released, 60 in full; three readers all the time; seed none, the order is the event loop's.
  const count = process.env['SEALBOX_TEST_FULL'] === '1' ? 60 : 12
  const district = await opened(t)
  const { authority, clock } = district
  const certificates = await Promise.all(
    Array.from({ length: count }, (_, at) => issueSeat(authority, `甲${String(at)}`)),
  )
  let going = true
  let reads = 0
  /** Whoever read a list, an answer and the register one after the other, between two commits, has the same from all three. */
  const reader = async (): Promise<void> => {
    for (let at = 0; going; at++) {
      const certificate = certificates[at % count] ?? new Uint8Array()
      const serial = Buffer.from(readCertificate(certificate).serialNumber, 'hex')
      const { crl, number } = await authority.crl('issuing')
      const listed = Buffer.from(crl).includes(serial)
      const answer = await authority.ocsp.respond(
        requestAbout(district, [certificate]),
        clock.now(),
      )
      const live = await authority.liveCertificate(sha256Hex(certificate), clock.now())
      if ((await authority.crl('issuing')).number === number) {
        t.is(isGood(answer, certificate), !listed)
        t.is(live !== undefined, !listed)
        reads += 1
      }
      await new Promise(setImmediate)
    }
  }
  const readBetween = async (): Promise<void> => {
    for (const had = reads; reads === had;) await new Promise(setImmediate)
  }
  const readers = [reader(), reader(), reader()]
  for (const [at, certificate] of certificates.entries()) {
    const sha256 = sha256Hex(certificate)
    await authority.revoke({ sha256, reason: 'certificateHold', actor: boxActor })
    await readBetween()
    if (at % 2 === 0) await authority.release({ sha256, actor: boxActor })
    await readBetween()
  }
  going = false
  await Promise.all(readers)
  t.true(reads > count)
  for (const [at, certificate] of certificates.entries()) {
    const request = requestAbout(district, [certificate])
    t.is(isGood(await authority.ocsp.respond(request, clock.now()), certificate), at % 2 === 0)
  }
})
