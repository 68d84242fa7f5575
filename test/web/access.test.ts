/** Every row of the one table against every kind of caller: what the table does not allow is refused, and said in the journal. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import type { Sha256 } from '../../ca/index.ts'
import { signActs } from '../../exchange/unit/index.ts'
import { routes } from '../../web/routes.ts'
import type { Route } from '../../web/types.ts'
import { openTestBox, type Identity, type Reply, type TestBox } from './box_fixture.ts'

/** What a caller is taken for: a role of the table, or nobody. */
type Is = 'nobody' | 'seat' | 'officer' | 'auditor' | 'administrator'
interface Caller {
  readonly name: string
  readonly is: Is
  readonly as: Identity | undefined
}

let box: TestBox
let callers: Caller[]
/** Time of the web room; ahead of the box's where certificates are to have ended. */
let aheadMs = 0

test.before(async () => {
  box = await openTestBox({
    parts: (parts) => ({
      ...parts,
      clock: {
        timeSource: parts.clock.timeSource,
        state: parts.clock.state,
        now: () => new Date(parts.clock.now().getTime() + aheadMs),
      },
    }),
  })
  const [one, two, three] = box.units
  const auditor = await box.appoint('auditor-1', 'auditor')
  const administrator = await box.appoint('administrator-1', 'administrator')
  const gone = await box.appoint('officer-gone', 'officer')
  await box.revoke(gone.login)
  const doubted = await box.appoint('officer-doubted', 'officer')
  await hold(doubted.login.name)
  await hold(three.keys.leader.name)
  const { officer } = box
  callers = [
    { name: 'no certificate', is: 'nobody', as: undefined },
    { name: 'a foreign certificate', is: 'nobody', as: foreignCertificate() },
    { name: 'a revoked officer', is: 'nobody', as: gone.login },
    { name: 'an officer on hold', is: 'nobody', as: doubted.login },
    { name: 'a leader on hold', is: 'nobody', as: three.keys.leader },
    { name: 'a signing certificate', is: 'nobody', as: one.keys.clerkSigning },
    { name: 'a seal certificate', is: 'nobody', as: one.keys.seal },
    { name: 'an officer’s signing certificate', is: 'nobody', as: officer.signing },
    { name: 'a clerk', is: 'seat', as: one.keys.clerk },
    { name: 'the unit’s other seat', is: 'seat', as: one.keys.leader },
    { name: 'a leader of another unit', is: 'seat', as: two.keys.leader },
    { name: 'an officer', is: 'officer', as: officer.login },
    { name: 'an auditor', is: 'auditor', as: auditor.login },
    { name: 'an administrator', is: 'administrator', as: administrator.login },
  ]
})
test.after.always(() => box.close())

/** Puts a certificate on hold by the officer's signed order. */
async function hold(name: Sha256): Promise<void> {
  const found = await box.parts.authority.certificate(name)
  if (found === undefined) throw new TypeError('no such certificate')
  const { holder, serial } = found
  const what = { reason: 'certificateHold', invalidityDate: null }
  const signed = await box.sign(box.officer.signing, {
    ...{ type: 'sealbox.revocation', signer: box.officer.holder, certificate: name },
    ...{ holder, serial, ...what },
  })
  const path = `/api/v1/certificates/${name}/acts/revoke`
  const reply = await box.act(path, { as: box.officer.login, json: { ...signed, ...what } })
  if (reply.status !== 200) throw new Error(reply.text)
}

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

/** What stands for each parameter: well formed, and of nothing that there is. */
const samples: Readonly<Record<string, string>> = {
  id: 'a'.repeat(26),
  sha256: '0'.repeat(64),
  order: '0'.repeat(64),
  index: '0',
  uscc: 'A'.repeat(18),
  key: 'issuing',
  place: '1',
  page: '1',
  file: '2000-01-01.state.json',
  backup: '0'.repeat(64),
}

const concrete = (path: string): string =>
  path.replace(/:(\w+)/g, (_, name: string) => {
    if (name === 'name') return path.includes('certificates') ? '0'.repeat(64) : 'pdf'
    // Requests and orders are named by hashes, documents and people otherwise.
    const isHashed = name === 'id' && /\/(?:requests|orders)\//.test(path)
    const found = isHashed ? '0'.repeat(64) : samples[name]
    if (found === undefined) throw new TypeError(`no sample for :${name} of ${path}`)
    return found
  })

const isAllowed = (who: string, is: Is): boolean =>
  who === 'anyone' ||
  (who === 'certified' && is !== 'nobody') ||
  (who === 'person' && ['officer', 'auditor', 'administrator'].includes(is)) ||
  who === is

const ask = ({ method, path }: Pick<Route, 'method' | 'path'>, as?: Identity): Promise<Reply> => {
  const sent = method === 'POST' ? { json: {}, headers: { 'Idempotency-Key': 'matrix-0001' } } : {}
  return box.request({ method, path: concrete(path), ...(as && { as }), ...sent })
}

const isRefused = ({ code }: Reply): boolean =>
  code === 'CERTIFICATE_REQUIRED' || code === 'ROLE_WRONG'

test.serial(
  'what the table does not allow is refused, what it allows is not a matter of access',
  async (t) => {
    t.timeout(300_000)
    let asked = 0
    for (const route of routes) {
      const { method, path, who } = route
      const replies = await Promise.all(callers.map(({ as }) => ask(route, as)))
      for (const [at, { name, is }] of callers.entries()) {
        const reply = replies[at]
        if (reply === undefined) continue
        const where = `${name}: ${method} ${path} -> ${String(reply.status)} ${String(reply.code)}`
        asked += 1
        t.true(reply.status < 500, where)
        t.is(isRefused(reply), !isAllowed(who, is), where)
        if (!isRefused(reply)) continue
        t.is(reply.status, is === 'nobody' ? 401 : 403, where)
        t.regex(String(reply.headers['content-type']), /^application\/problem\+json/, where)
      }
    }
    t.is(asked, routes.length * callers.length)
  },
)

test.serial('a certificate that has ended opens nothing, whoever held it', async (t) => {
  t.timeout(300_000)
  // Log-in certificates are good for three years.
  aheadMs = 4 * 365 * 86_400_000
  try {
    for (const { name, is, as } of callers.filter((one) => one.is !== 'nobody')) {
      for (const route of routes.filter(({ who }) => isAllowed(who, is) && who !== 'anyone')) {
        const { code, status } = await ask(route, as)
        const where = `${name}, ended: ${route.method} ${route.path}`
        t.is(code, 'CERTIFICATE_REQUIRED', where)
        t.is(status, 401, where)
      }
    }
  } finally {
    aheadMs = 0
  }
})

/** Pages and acts of officers: what a route is named after tells whose it is, whatever its row says. */
const ofOfficers =
  /^\/(?:requests|units|people|trust|orders|ceremonies)(?:\/|$)|^\/certificates\/:\w+\/(?:revoke|signed)$|^\/api\/v1\/(?:orders|renewals)(?:\/|$)|^\/api\/v1\/certificates\/.*\/acts\/|^\/api\/v1\/(?:units|people|requests)(?:\/.*)?\/acts\//

/** Routes named so that are nevertheless for others: whoever enrols or renews. */
const forOthers = [
  'POST /api/v1/requests/acts/look-up anyone',
  'POST /api/v1/requests/acts/redeem anyone',
  'GET /api/v1/renewals/own certified',
  'POST /api/v1/renewals/acts/renew certified',
]

test('every page and act of officers is for officers alone', (t) => {
  const named = routes.filter(({ path }) => ofOfficers.test(path))
  const open = named.filter(({ who }) => who !== 'officer')
  t.deepEqual(
    open.map(({ method, path, who }) => `${method} ${path} ${who}`),
    forOthers,
  )
  t.true(named.length > 40)
  // And no page of theirs is named otherwise.
  const unnamed = routes.filter(({ path, who }) => who === 'officer' && !ofOfficers.test(path))
  t.deepEqual(
    unnamed.map(({ method, path }) => `${method} ${path}`),
    [
      'GET /api/v1/people',
      'GET /api/v1/requests',
      'GET /api/v1/requests/:id',
      'GET /api/v1/requests/:id/file',
    ],
  )
})

test.serial('the auditor’s certificate changes nothing, whatever it sends', async (t) => {
  const auditor = callers.find(({ is }) => is === 'auditor')
  const from = box.box.journal.size
  const refused = new Set<string>()
  const acts = routes.filter(({ method }) => method === 'POST')
  for (const route of acts) await ask(route, auditor?.as)
  // The same acts as answers of a signer, which are performed by one route for all.
  for (const { path } of acts.filter((one) => one.path.includes('/acts/'))) {
    for (const act of signActs) {
      const answer = { type: 'sealbox-signed', v: 1, act, path: concrete(path) }
      const json = { ...answer, once: 'matrix-0002', body: {} }
      const asked = { method: 'POST', path: '/api/v1/signed', json }
      const { code } = await box.request({ ...asked, ...(auditor?.as && { as: auditor.as }) })
      if (code === 'ROLE_WRONG') refused.add(act)
    }
  }
  const written = (await box.entries(from)).map(({ type }) => type)
  t.deepEqual([...new Set(written)], ['act.refused'])
  t.deepEqual(
    signActs.filter((act) => !refused.has(act)),
    [],
  )
})

test('what may be changed with any certificate is one’s own: a renewal, a look, a time-stamp', (t) => {
  const certified = routes.filter(({ method, who }) => method === 'POST' && who === 'certified')
  t.deepEqual(
    certified.map(({ path }) => path).toSorted(),
    [
      '/.well-known/est/simplereenroll',
      '/api/v1/renewals/acts/renew',
      '/api/v1/signed',
      '/events/pong',
      '/preferences',
      '/signed',
      '/tsa',
      '/verify',
    ].toSorted(),
  )
  const ofAuditor = routes.filter(({ method, who }) => method === 'POST' && who === 'auditor')
  t.deepEqual(
    ofAuditor.map(({ path }) => path),
    ['/journal/heads'],
  )
})

test('the PKI port has its own few paths and none of the table', async (t) => {
  const { key } = box.parts.authority.authorities[0] ?? {}
  t.is(key, 'root')
  for (const { method, path } of routes.filter((one) => one.path !== '/tsa')) {
    const sent = method === 'POST' ? { json: {} } : {}
    const reply = await box.request({ method, path: concrete(path), pki: true, ...sent })
    t.is(reply.status, 404, `${method} ${path}`)
  }
  const open = ['/ca/root.crt', '/ca/root.crl', '/ca/issuing.crt', '/ca/issuing.crl', '/healthz']
  for (const path of [...open, '/journal/checkpoint']) {
    t.is((await box.request({ path, pki: true })).status, 200, path)
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      t.is((await box.request({ method, path, pki: true })).status, 404, `${method} ${path}`)
    }
  }
})

test('no answer but the public ones goes out without a certificate', (t) => {
  const open = routes.filter(({ who }) => who === 'anyone').map(({ path }) => path)
  const est = ['cacerts', 'csrattrs', 'simpleenroll'].map((name) => `/.well-known/est/${name}`)
  const pages = ['/', '/assets/:name', '/signer.html', '/root.crt', '/verifier.html', ...est]
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
