/** A revoked unit is refused within a second: on its open connection, on a resumed session, by OCSP and by CRL (design 5, 8). */
import { X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecureVersion } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { sha256Hex, toPem } from '../../ca/index.ts'
import { type EnrolledKey } from '../../appliance/unit/enrolment.ts'
import type { OfficerOptions } from '../../appliance/unit/officer.ts'
import { revoke as revokeByName } from '../../appliance/unit/officer.ts'
import type { DemoUnit } from '../../appliance/demo/district.ts'
import { askResuming, type Login } from './resuming.ts'
import { advance, draftOf, enrolDistrict, serveNewBox, type ServedBox } from './in_process.ts'
import { run } from './places.ts'

interface District {
  readonly served: ServedBox
  readonly officer: OfficerOptions
  readonly units: readonly DemoUnit[]
}

async function openDistrict(t: ExecutionContext, count: number): Promise<District> {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { officer, units } = await enrolDistrict(served.known, served.code, count)
  t.teardown(() => {
    for (const unit of units) unit.close()
    officer.client.close()
  })
  return { served, officer, units }
}

function keyOf({ enrolled }: DemoUnit, profile: string, seat?: string): EnrolledKey {
  const key = enrolled.keys.find((one) => one.profile === profile && one.seat === seat)
  if (key === undefined) throw new TypeError(`no key ${profile}`)
  return key
}

async function revoke(officer: OfficerOptions, certificate: Uint8Array): Promise<void> {
  await revokeByName(officer, sha256Hex(certificate), { reason: 'keyCompromise' })
}

function loginOf({ served }: District, unit: DemoUnit): Login {
  const { privateKey, certificate } = keyOf(unit, 'seat-client', 'clerk')
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    cert: toPem('CERTIFICATE', certificate),
    ca: served.known.root,
    port: served.serving.port,
  }
}

/** Status of `GET /api/v1/me` over this agent, and whether it went over a connection that was open already. */
function ask(agent: Agent, port: number): Promise<{ status: number; reused: boolean }> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: 'localhost', port, path: '/api/v1/me' }, (response) => {
      response.resume()
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, reused: asked.reusedSocket })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

const versions = ['TLSv1.3', 'TLSv1.2'] as const

test('a revoked seat is refused at the very next request, on open connections and resumed sessions', async (t) => {
  const district = await openDistrict(t, 2)
  const [gone, stays] = district.units
  if (gone === undefined || stays === undefined) throw new TypeError('two units')
  const login = loginOf(district, gone)
  const agent = new Agent({ ...login, keepAlive: true, maxSockets: 1 })
  const other = new Agent({ ...loginOf(district, stays), keepAlive: true, maxSockets: 1 })
  t.teardown(() => {
    agent.destroy()
    other.destroy()
  })
  // Before: the connection stays open, the sessions are resumed, all are served.
  t.deepEqual(await ask(agent, login.port), { status: 200, reused: false })
  t.deepEqual(await ask(agent, login.port), { status: 200, reused: true })
  const sessions = new Map<SecureVersion, Buffer | undefined>()
  for (const version of versions) {
    const first = await askResuming(login, version)
    t.like(first, { status: 200, resumed: false }, version)
    const second = await askResuming(login, version, first.session)
    t.like(second, { status: 200, resumed: true }, version)
    sessions.set(version, second.session)
  }
  await ask(other, login.port)

  await revoke(district.officer, keyOf(gone, 'seat-client', 'clerk').certificate)
  // The very next request on the open connection; then new connections that offer the old sessions.
  t.deepEqual(await ask(agent, login.port), { status: 401, reused: true })
  for (const version of versions) {
    const answer = await askResuming(login, version, sessions.get(version))
    t.like(answer, { status: 401, resumed: true }, version)
    t.is((await askResuming(login, version)).status, 401)
  }
  // Nobody else is.
  t.deepEqual(await ask(other, login.port), { status: 200, reused: true })
})

test('OCSP and CRL say revoked, each by openssl, and said good before', async (t) => {
  const district = await openDistrict(t, 1)
  const [unit] = district.units
  if (unit === undefined) throw new TypeError('one unit')
  const { folder, box, serving } = district.served
  const { certificate } = keyOf(unit, 'seat-client', 'clerk')
  const [issuing = certificate, root = certificate] = box.parts.authority.chain
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const files = {
    cert: await file('unit.pem', toPem('CERTIFICATE', certificate)),
    issuing: await file('issuing.pem', toPem('CERTIFICATE', issuing)),
    root: await file('root.pem', toPem('CERTIFICATE', root)),
  }
  const pki = `http://127.0.0.1:${String(serving.pkiPort)}`
  const trusted = ['-CAfile', files.root]
  const ocsp = () =>
    run('openssl', [
      ...['ocsp', '-issuer', files.issuing, '-cert', files.cert, '-url', `${pki}/ocsp`],
      ...[...trusted, '-no_nonce'],
    ])
  const crlCheck = async () => {
    const crls: string[] = []
    for (const name of ['root', 'issuing']) {
      const der = new Uint8Array(await (await fetch(`${pki}/ca/${name}.crl`)).arrayBuffer())
      crls.push('-CRLfile', await file(`${name}.crl.pem`, toPem('X509 CRL', der)))
    }
    const strict = ['-x509_strict', '-crl_check_all', ...crls]
    return run('openssl', [
      'verify',
      ...strict,
      ...trusted,
      '-untrusted',
      files.issuing,
      files.cert,
    ])
  }
  const serial = new X509Certificate(certificate).serialNumber
  const listed = async () => {
    const args = ['crl', '-in', join(folder, 'issuing.crl.pem'), '-noout', '-text']
    return (await run('openssl', args)).stdout.toUpperCase().includes(serial)
  }

  const good = await ocsp()
  t.regex(good.stdout, /: good\n/)
  t.regex(good.stderr, /Response verify OK/)
  const fine = await crlCheck()
  t.is(fine.status, 0, fine.stderr)
  t.false(await listed())

  await revoke(district.officer, certificate)
  const bad = await ocsp()
  t.regex(bad.stdout, /: revoked\n/)
  t.regex(bad.stdout, /Reason: keyCompromise/)
  t.regex(bad.stderr, /Response verify OK/)
  const refused = await crlCheck()
  t.not(refused.status, 0)
  t.regex(refused.stderr, /certificate revoked/)
  t.true(await listed())
})

test('a revoked signing key binds nobody, a revoked seal seals nothing; others of the unit do', async (t) => {
  const district = await openDistrict(t, 2)
  const [gone, stays] = district.units
  if (gone === undefined || stays === undefined) throw new TypeError('two units')
  const refused = { code: 'BOX_REFUSED', details: { code: 'CERTIFICATE_NOT_LIVE' } }
  const refuses = async (act: () => Promise<unknown>, what: string): Promise<void> => {
    t.like(await t.throwsAsync(act, undefined, what), refused, what)
  }
  // Before: it signs for a document and seals one.
  const [first, second] = [
    await advance(stays, [gone], 'dispatched'),
    await advance(stays, [gone], 'dispatched'),
  ]
  await gone.clerk.signFor(first)
  const [sealed, unsealed] = [
    await advance(gone, [stays], 'sealed'),
    await advance(gone, [stays], 'numbered'),
  ]

  await revoke(district.officer, keyOf(gone, 'unit-seal').certificate)
  await refuses(() => gone.clerk.sealDocument(unsealed), 'sealing')
  // Its clerk's signing key still stands: what was sealed before goes out.
  await gone.clerk.dispatch(sealed)

  await revoke(district.officer, keyOf(gone, 'seat-signing', 'clerk').certificate)
  await refuses(() => gone.clerk.signFor(second), 'signing for')
  // Nothing came of it, and the other seat's key is another key.
  t.is((await gone.clerk.document(second)).copy?.answer, null)
  t.is((await gone.clerk.document(unsealed)).record?.stage, 'numbered')
  const third = await gone.clerk.draft(draftOf(gone, [stays]))
  t.is((await gone.leader.approve(third.id)).record?.stage, 'approved')
  // To revoke it once more changes nothing.
  const again = () => revoke(district.officer, keyOf(gone, 'unit-seal').certificate)
  t.like(await t.throwsAsync(again), { details: { code: 'CA_ALREADY_REVOKED' } })
})
