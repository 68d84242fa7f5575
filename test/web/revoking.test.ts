/** Revoking, holding and releasing over the API, with what the box then says by TLS, CRL and OCSP; each in one act and at once. */
import { once } from 'node:events'
import { connect } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { sha256Hex, toHex, type Sha256 } from '../../ca/index.ts'
import { readCertificate, readCrl } from '../../ca/path/index.ts'
import { freshKey } from '../ca/trust/district.ts'
import { openTestBox, type Reply, type TestBox, type TestKey } from './box_fixture.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

interface Told {
  readonly access: number
  readonly crl: string
  readonly ocsp: string
}

/** What each of the three says of a login certificate now. */
async function told(key: TestKey): Promise<Told> {
  const { authority, clock } = box.parts
  const found = await authority.certificate(key.name)
  const certificate = found?.certificate ?? new Uint8Array()
  const { serialNumber } = readCertificate(certificate)
  const list = await box.request({ path: '/ca/issuing.crl', pki: true })
  const entries = readCrl(list.bytes).readEntries().bySerial.get(serialNumber)
  const answer = toHex(await authority.ocsp.answerFor(certificate, clock.now()))
  return {
    access: (await box.request({ path: '/api/v1/me', as: key })).status,
    crl: entries?.[0] === undefined ? 'not listed' : String(entries[0].reason),
    ocsp: answer.includes(`${serialNumber}8000`) ? 'good' : 'revoked',
  }
}

/** An act under the officer's signature; `fields` and `body` may be wrong. */
async function order(
  act: 'revoke' | 'release',
  { name }: { readonly name: Sha256 },
  more: { readonly fields?: object; readonly body?: object } = {},
): Promise<Reply> {
  const { officer } = box
  const found = await box.parts.authority.certificate(name)
  const whose = { holder: found?.holder ?? '', serial: found?.serial ?? '' }
  const reason = { reason: 'keyCompromise', invalidityDate: null }
  const type = act === 'revoke' ? 'sealbox.revocation' : 'sealbox.release'
  const signed = await box.sign(officer.signing, {
    ...{ type, signer: officer.holder, certificate: name, ...whose },
    ...(act === 'revoke' && reason),
    ...more.fields,
  })
  return box.act(`/api/v1/certificates/${name}/acts/${act}`, {
    as: officer.login,
    json: { ...signed, ...(act === 'revoke' && reason), ...more.body },
  })
}

test.serial(
  'a certificate on hold gets in nowhere, and after its release gets in again',
  async (t) => {
    const { leader } = box.units[2].keys
    t.deepEqual(await told(leader), { access: 200, crl: 'not listed', ocsp: 'good' })
    const held = await box.revoke(leader, 'certificateHold')
    t.is(held.status, 200)
    t.deepEqual(await told(leader), { access: 401, crl: '6', ocsp: 'revoked' })
    const signing = box.units[2].keys.leaderSigning
    t.is(
      (await told(signing)).crl,
      'not listed',
      'another certificate of the same seat is not held',
    )
    const released = await box.release(leader)
    t.is(released.status, 200)
    t.is(released.json['released'], leader.name)
    t.deepEqual(await told(leader), { access: 200, crl: 'not listed', ocsp: 'good' })
    t.is((await box.release(leader)).code, 'CA_NOT_HELD')
  },
)

test.serial(
  'the delays are measured and answered, with the connections that were shut',
  async (t) => {
    const { leader } = box.units[1].keys
    await box.request({ path: '/api/v1/me', as: leader })
    const { json } = await box.revoke(leader, 'certificateHold')
    const measured = json['measured'] as Readonly<Record<string, number>>
    const { committedMs = NaN, crlMs = NaN, ocspMs = NaN, connectionsClosed = NaN } = measured
    t.true(committedMs > 0 && crlMs >= committedMs && ocspMs >= committedMs)
    t.log(`list after ${String(crlMs)} ms, status after ${String(ocspMs)} ms`)
    t.is(connectionsClosed, 1)
    const again = (await box.release(leader)).json['measured'] as typeof measured
    t.is(again['connectionsClosed'], 0)
  },
)

test.serial('a connection of the certificate is cut, also if nobody asks over it', async (t) => {
  const { leader } = box.units[1].keys
  const socket = connect({ port: box.port, host: 'localhost', ca: box.rootPem, ...leader })
  await once(socket, 'secureConnect')
  socket.resume()
  socket.write('GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
  const closed = once(socket, 'close')
  await box.revoke(leader, 'certificateHold')
  await closed
  t.true(socket.destroyed)
  await box.release(leader)
})

test.serial('an invalidity date is signed for, and refused where it cannot be', async (t) => {
  const { clerkSigning } = box.units[2].keys
  const at = new Date().toISOString()
  const later = new Date(Date.now() + 60_000).toISOString()
  const dated = (date: string): { fields: object; body: object } => ({
    fields: { invalidityDate: date },
    body: { invalidityDate: date },
  })
  const refused = async (more: { fields?: object; body?: object }, code: string): Promise<void> => {
    t.is((await order('revoke', clerkSigning, more)).code, code)
  }
  await refused(dated(later), 'CA_INVALIDITY_DATE_REFUSED')
  await refused(dated('2020-01-01T00:00:00.000Z'), 'CA_INVALIDITY_DATE_REFUSED')
  await refused(dated('yesterday'), 'BODY_MALFORMED')
  await refused({ body: { invalidityDate: at } }, 'STATEMENT_MISMATCH')
  await refused({ body: { reason: 'removeFromCRL' } }, 'BODY_MALFORMED')
  t.is((await order('revoke', clerkSigning, dated(at))).status, 200)
  const list = await box.request({ path: '/ca/issuing.crl', pki: true })
  const invalidity = Buffer.from('180f' + toHex(Buffer.from(compact(at))), 'hex')
  t.true(list.bytes.includes(invalidity), 'it stands on the list')
})

/** GeneralizedTime in whole seconds. */
const compact = (at: string): string => `${at.slice(0, 19).replace(/[-T:]/g, '')}Z`

test.serial('an order is about the certificate whose holder and number it names', async (t) => {
  const { clerk } = box.units[2].keys
  for (const fields of [{ holder: 'person:officer-1' }, { serial: '4a' }]) {
    t.is((await order('revoke', clerk, { fields })).code, 'STATEMENT_MISMATCH')
    t.is((await order('release', clerk, { fields })).code, 'STATEMENT_MISMATCH')
  }
  t.is((await told(clerk)).crl, 'not listed')
})

test.serial(
  'nobody releases a certificate of their own, and one officer alone none of the box',
  async (t) => {
    const spare = await spareOf(t)
    t.is((await order('release', spare)).code, 'RELEASE_OWN')
    const [own] = await box.parts.authority.certificatesOf('box')
    t.is((await order('release', { name: own?.sha256 as Sha256 })).code, 'ROLE_WRONG')
  },
)

/** A second log-in certificate of the officer, put on hold. */
async function spareOf(t: ExecutionContext): Promise<{ name: Sha256 }> {
  const { authority } = box.parts
  const actor = { holder: box.officer.holder, certificate: null }
  const certificate = await authority.issue({
    profile: 'officer-client',
    subject: { organization: 'x', commonName: 'spare' },
    publicKey: freshKey(),
    holder: box.officer.holder,
    actor,
  })
  const name = sha256Hex(certificate)
  await authority.revoke({ sha256: name, reason: 'certificateHold', actor })
  t.is((await authority.certificate(name))?.revoked?.reason, 'certificateHold')
  return { name }
}

test.serial(
  'the same order twice is one act, and is answered the second time as the first',
  async (t) => {
    const { clerk } = box.units[1].keys
    const from = box.parts.journal.size
    const found = await box.parts.authority.certificate(clerk.name)
    const reason = { reason: 'certificateHold', invalidityDate: null }
    const signed = await box.sign(box.officer.signing, {
      ...{ type: 'sealbox.revocation', signer: box.officer.holder, certificate: clerk.name },
      ...{ holder: found?.holder, serial: found?.serial, ...reason },
    })
    const path = `/api/v1/certificates/${clerk.name}/acts/revoke`
    const once = () => box.act(path, { as: box.officer.login, json: { ...signed, ...reason } })
    const first = await once()
    t.is(first.status, 200)
    t.deepEqual((await once()).json, first.json)
    t.is((await box.entries(from, 'certificate.revoked')).length, 1)
    t.is((await box.release(clerk)).status, 200)
    // Also after the release: an old order on a stick does not hold it again.
    t.is((await once()).status, 200)
    t.is((await told(clerk)).access, 200)
    t.is((await box.entries(from, 'certificate.released')).length, 1)
  },
)
