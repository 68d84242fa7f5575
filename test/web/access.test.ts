/** Every row of the one table against every kind of caller: what the table does not allow is refused, and said in the journal. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import { routes } from '../../web/routes.ts'
import { openTestBox, type Identity, type TestBox } from './box_fixture.ts'

/** What a caller is taken for: a role of the table, or nobody. */
type Is = 'nobody' | 'seat' | 'officer' | 'auditor' | 'administrator'
interface Caller {
  readonly name: string
  readonly is: Is
  readonly as: Identity | undefined
}

let box: TestBox
let callers: Caller[]

test.before(async () => {
  box = await openTestBox()
  const [one, two] = box.units
  const auditor = await box.appoint('auditor-1', 'auditor')
  const administrator = await box.appoint('administrator-1', 'administrator')
  const gone = await box.appoint('officer-gone', 'officer')
  await box.revoke(gone.login)
  const { officer } = box
  callers = [
    { name: 'no certificate', is: 'nobody', as: undefined },
    { name: 'a foreign certificate', is: 'nobody', as: foreignCertificate() },
    { name: 'a revoked officer', is: 'nobody', as: gone.login },
    { name: 'a signing certificate', is: 'nobody', as: one.keys.clerkSigning },
    { name: 'a seal certificate', is: 'nobody', as: one.keys.seal },
    { name: 'an officer’s signing certificate', is: 'nobody', as: officer.signing },
    { name: 'a clerk', is: 'seat', as: one.keys.clerk },
    { name: 'a leader', is: 'seat', as: two.keys.leader },
    { name: 'an officer', is: 'officer', as: officer.login },
    { name: 'an auditor', is: 'auditor', as: auditor.login },
    { name: 'an administrator', is: 'administrator', as: administrator.login },
  ]
})
test.after.always(() => box.close())

/** Of another authority, in the words of ours. */
function foreignCertificate(): Identity {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-foreign-'))
  try {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const pemKey = key.export({ format: 'pem', type: 'pkcs8' }) as string
    const path = join(folder, 'key.pem')
    const made = execFileSync(
      'openssl',
      ['req', '-x509', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
        .concat(['-keyout', path, '-subj', '/O=测试区/OU=officer/CN=officer-1', '-utf8'])
        .concat(['-days', '2', '-addext', 'extendedKeyUsage=clientAuth']),
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
    createPrivateKey(pemKey)
    return { key: readFileSync(path, 'utf8'), cert: made }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const concrete = (path: string): string =>
  path
    .replace(':id', 'a'.repeat(26))
    .replace(':sha256', '0'.repeat(64))
    .replace(':index', '0')
    .replace(':uscc', 'A'.repeat(18))
    .replace(':name', path.includes('certificates') ? '0'.repeat(64) : 'pdf')

const isAllowed = (who: string, is: Is): boolean =>
  who === 'anyone' || (who === 'certified' && is !== 'nobody') || who === is

test('what the table does not allow is refused, what it allows is not a matter of access', async (t) => {
  let asked = 0
  for (const { method, path, who } of routes) {
    for (const { name, is, as } of callers) {
      const json =
        method === 'POST' ? { json: {}, headers: { 'Idempotency-Key': 'matrix-0001' } } : {}
      const reply = await box.request({ method, path: concrete(path), ...(as && { as }), ...json })
      const where = `${name}: ${method} ${path} -> ${String(reply.status)} ${String(reply.code)}`
      asked += 1
      t.true(reply.status < 500, where)
      const refused = reply.code === 'CERTIFICATE_REQUIRED' || reply.code === 'ROLE_WRONG'
      t.is(refused, !isAllowed(who, is), where)
      if (!refused) continue
      t.is(reply.status, is === 'nobody' ? 401 : 403, where)
      t.regex(String(reply.headers['content-type']), /^application\/problem\+json/, where)
    }
  }
  t.is(asked, routes.length * callers.length)
})

test('no answer but the public ones goes out without a certificate', (t) => {
  const open = routes.filter(({ who }) => who === 'anyone').map(({ path }) => path)
  const est = ['cacerts', 'csrattrs', 'simpleenroll'].map((name) => `/.well-known/est/${name}`)
  const pages = ['/', '/assets/:name', '/signer.html', '/root.crt', ...est]
  t.deepEqual(open, [...pages, '/api/v1/requests/acts/look-up', '/api/v1/requests/acts/redeem'])
})

test('methods that the table does not have are refused for every path', async (t) => {
  const as = box.units[0].keys.clerk
  for (const { path, method } of routes) {
    const other = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'].filter(
      (one) => !routes.some((row) => row.path === path && row.method === one) && one !== method,
    )
    for (const one of other) {
      const reply = await box.request({ method: one, path: concrete(path), as })
      t.is(reply.status, 404, `${one} ${path}`)
      t.is(reply.code, 'ROUTE_UNKNOWN', `${one} ${path}`)
    }
  }
})

test('a refused act is journalled with its code, once a source, code and minute', async (t) => {
  const { keys } = box.units[2]
  const from = box.box.journal.size
  const post = () =>
    box.act('/api/v1/units/acts/register', { as: keys.clerk, json: { roster: 'AA==' } })
  for (let at = 0; at < 5; at++) t.is((await post()).code, 'ROLE_WRONG')
  const malformed = await box.act('/api/v1/drafts/acts/hand-on', { as: keys.clerk, json: {} })
  t.is(malformed.code, 'DRAFT_REFUSED')
  const found = (await box.entries(from, 'act.refused')).filter(
    ({ actor }) => actor.holder === `seat:${box.units[2].unit.uscc}/clerk`,
  )
  const codes = found.map(({ data }) => data['code'])
  // The minute may have turned in between.
  t.true(codes.filter((code) => code === 'ROLE_WRONG').length <= 2)
  t.deepEqual([...new Set(codes)], ['ROLE_WRONG', 'DRAFT_REFUSED'])
  t.is(found[0]?.actor.certificate, keys.clerk.name)
})

test('a refused log-in is journalled with the certificate that was shown', async (t) => {
  const own = await openTestBox()
  t.teardown(() => own.close())
  const { seal } = own.units[0].keys
  const from = own.box.journal.size
  for (let at = 0; at < 3; at++) {
    const reply = await own.request({ path: '/api/v1/documents/my%20secret', as: seal })
    t.is(reply.code, 'CERTIFICATE_REQUIRED')
  }
  const found = await own.entries(from, 'act.refused')
  t.true(found.length >= 1 && found.length <= 2)
  t.deepEqual(found[0]?.actor, { holder: 'anonymous:127.0.0.1', certificate: seal.name })
  t.false(JSON.stringify(found).includes('secret'))
})

test('one officer alone revokes no certificate of the box itself', async (t) => {
  const own = box.parts.authority.chain.map((der) => sha256Hex(der))
  for (const name of own) {
    const reply = await box.revoke({ ...box.officer.login, name })
    t.is(reply.code, 'ROLE_WRONG')
    t.is((await box.parts.authority.certificate(name))?.revoked, undefined)
  }
})
