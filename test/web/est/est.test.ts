/**
 * EST against clients that are not ours: strongSwan's pki and curl enrol, wait for an officer, and enrol again. Then what is refused,
 * tried as an attacker would.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import test from 'ava'
import { fingerprintWords } from '../../../provisioning/index.ts'
import { approveEnrolment, issueCode } from '../../../appliance/unit/officer.ts'
import { openCode, openTestBox, type Asked, type Reply, type TestBox } from '../box_fixture.ts'
import { rowOf, waiting } from '../enrolling.ts'
import { mustRun, openBench, type Bench } from './clients.ts'

let box: TestBox
let bench: Bench

test.before(async () => {
  const limits = { refusedPerMinute: 10_000, estRetrySeconds: 1 }
  box = await openTestBox({ parts: (parts) => ({ ...parts, limits }) })
  bench = await openBench(box)
})

test.after.always(async () => {
  await bench.close()
  await box.close()
})

const at = (operation: string): string => `/.well-known/est/${operation}`
const basic = (user: string, code: string): string =>
  `Basic ${Buffer.from(`${user}:${code}`).toString('base64')}`

async function post(
  operation: string,
  name: string,
  more: Omit<Partial<Asked>, 'path'> & { readonly authorization?: string } = {},
): Promise<Reply> {
  const { authorization, headers = {}, ...rest } = more
  return box.request({
    method: 'POST',
    path: at(operation),
    body: await bench.body(name),
    headers: {
      'Content-Type': 'application/pkcs10',
      ...(authorization !== undefined && { Authorization: authorization }),
      ...headers,
    },
    ...rest,
  })
}

/** Waits until a request of somebody waits, and approves it. */
async function approveOf(who: string): Promise<string> {
  for (let tried = 0; tried < 1200; tried++) {
    const id = (await rowOf(box, who))?.waiting?.id
    if (id !== undefined) {
      await approveEnrolment(box.officer.options, id)
      return id
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing waits of ${who}`)
}

/** An auditor with a log-in certificate from EST. */
async function enrolled(id: string): Promise<{ key: string; cert: string }> {
  const code = await openCode(box, { id, role: 'auditor', approval: 'officer' })
  await bench.request(id, '/CN=anything')
  const authorization = basic('', code)
  await post('simpleenroll', id, { authorization })
  await approveOf(id)
  const [cert = ''] = await bench.certificatesIn(await post('simpleenroll', id, { authorization }))
  return { key: await readFile(bench.path(`${id}.key`), 'utf8'), cert }
}

const subjectOf = (id: string): string => `/C=CN/O=测试区/OU=auditor/CN=${id}`

test.serial(
  'strongSwan learns the authorities, enrols while an officer decides, and enrols again',
  async (t) => {
    const common = ['--url', bench.url, '--cacert', bench.path('root.pem')]
    await mustRun('pki', [
      '--estca',
      ...common,
      '--caout',
      bench.path('ca.pem'),
      '--outform',
      'pem',
    ])
    t.is((await readFile(bench.path('ca.pem'), 'utf8')).trim(), box.rootPem.trim())
    await mustRun('openssl', ['verify', '-CAfile', bench.path('ca.pem'), bench.path('ca-1.pem')])

    const id = 'auditor-swan'
    const code = await openCode(box, { id, role: 'auditor', approval: 'officer' })
    const csr = await bench.request('swan', '/CN=anything')
    const going = mustRun('pki', [
      ...['--est', ...common, '--in', csr, '--userpass', `auditor-client:${code}`],
      ...['--interval', '1', '--outform', 'pem'],
    ])
    await approveOf(id)
    const first = await bench.write('swan.pem', await going)
    const trust = ['verify', '-x509_strict', '-CAfile', bench.path('ca.pem')]
    await mustRun('openssl', [...trust, '-untrusted', bench.path('ca-1.pem'), first])

    const next = await bench.request('swan-2', subjectOf(id))
    const again = await mustRun('pki', [
      ...['--est', ...common, '--in', next, '--cert', first, '--key', bench.path('swan.key')],
      ...['--outform', 'pem'],
    ])
    const second = await bench.write('swan-2.pem', again)
    await mustRun('openssl', [...trust, '-untrusted', bench.path('ca-1.pem'), second])
    const subject = (file: string) =>
      mustRun('openssl', ['x509', '-in', file, '-noout', '-subject'])
    t.deepEqual(await subject(second), await subject(first))
    const live = await box.parts.authority.certificatesOf(`person:${id}`)
    t.is(live.length, 2, 'both are live')
    t.true(live.every(({ revoked }) => revoked === undefined))
  },
)

test.serial(
  'curl enrols: 202 with words and a time to come back, then the certificate',
  async (t) => {
    const id = 'auditor-curl'
    const code = await openCode(box, { id, role: 'auditor', approval: 'officer' })
    await bench.request('curl', '/CN=anything')
    const body = await bench.write('curl.b64', await bench.body('curl'))
    const ask = () =>
      mustRun('curl', [
        ...['-s', '-i', '--cacert', bench.path('root.pem'), '--anyauth', '-u', `:${code}`],
        ...['-H', 'Content-Type: application/pkcs10', '-H', 'Content-Transfer-Encoding: base64'],
        ...['--data-binary', `@${body}`, `${bench.url}${at('simpleenroll')}`],
      ]).then(String)
    const waits = await ask()
    t.regex(
      waits,
      /HTTP\/1.1 401[^]*WWW-Authenticate: Basic realm="Sealbox [^"]+"[^]*HTTP\/1.1 202/,
    )
    t.regex(waits, /Retry-After: 1\r/)
    const request = await approveOf(id)
    const { chinese, english } = fingerprintWords(request)
    for (const row of [...chinese, ...english]) t.true(waits.includes(row.join(' ')))
    const done = await ask()
    t.regex(done, /HTTP\/1.1 200[^]*Content-Type: application\/pkcs7-mime; smime-type=certs-only\r/)
    t.regex(done, /Content-Transfer-Encoding: base64\r/)
    const from = box.box.journal.size
    t.is(
      (await ask()).split('\r\n\r\n').at(-1),
      done.split('\r\n\r\n').at(-1),
      'a lost answer again',
    )
    t.deepEqual(await box.entries(from), [])
  },
)

test.serial('cacerts and csrattrs are for everyone, in base64 without line breaks', async (t) => {
  const authorities = await box.request({ path: at('cacerts') })
  t.is(authorities.status, 200)
  t.is(authorities.headers['content-type'], 'application/pkcs7-mime; smime-type=certs-only')
  t.is(authorities.headers['content-transfer-encoding'], 'base64')
  t.regex(authorities.text, /^[A-Za-z0-9+/]+=*$/)
  t.is((await bench.certificatesIn(authorities)).length, 2)
  const attributes = await box.request({ path: at('csrattrs') })
  t.is(attributes.headers['content-type'], 'application/csrattrs')
  const der = await bench.write('attributes.der', Buffer.from(attributes.text, 'base64'))
  const read = await mustRun('openssl', ['asn1parse', '-inform', 'DER', '-in', der])
  t.regex(read.toString(), /id-ecPublicKey[^]*prime256v1[^]*ecdsa-with-SHA256/)
})

test.serial('certificates come one by one, and who has all of them has enrolled', async (t) => {
  const id = 'auditor-parts'
  const code = await openCode(box, { id, role: 'auditor', approval: 'officer' })
  await bench.request('parts-1', '/CN=x')
  t.is((await post('simpleenroll', 'parts-1', { authorization: basic('', code) })).status, 202)
  await approveOf(id)
  t.is((await post('simpleenroll', 'parts-1', { authorization: basic('', code) })).status, 200)
  await bench.request('parts-2', '/CN=x')
  const spent = await post('simpleenroll', 'parts-2', {
    authorization: basic('auditor-signing', code),
  })
  t.like(spent, { status: 401, code: 'EST_UNAUTHORISED' })
  t.is(spent.json['reason'], 'ENROLMENT_CODE_USED')
  const { code: further } = await issueCode(box.officer.options, id)
  const authorization = basic('auditor-signing', further)
  t.is((await post('simpleenroll', 'parts-2', { authorization })).status, 202)
  await approveOf(id)
  const [cert = ''] = await bench.certificatesIn(
    await post('simpleenroll', 'parts-2', { authorization }),
  )
  const file = await bench.write('parts-2.pem', cert)
  const shown = await mustRun('openssl', [
    'x509',
    '-in',
    file,
    '-noout',
    '-ext',
    'extendedKeyUsage',
  ])
  t.false(shown.toString().includes('Client'), 'the signing certificate')
  await t.throwsAsync(issueCode(box.officer.options, id), { message: /ENROLMENT_DONE/ })
})

test.serial('of who enrols anew in parts only what has a successor ends', async (t) => {
  const id = 'auditor-anew'
  const { keys } = await waiting(box, id)
  await approveEnrolment(box.officer.options, keys.id)
  const { code } = await issueCode(box.officer.options, id, 'superseded')
  await bench.request('anew', '/CN=x')
  await post('simpleenroll', 'anew', { authorization: basic('auditor-client', code) })
  await approveOf(id)
  const held = await box.parts.authority.certificatesOf(`person:${id}`)
  const states = held.map(({ profile, revoked }) => `${profile} ${revoked?.reason ?? 'live'}`)
  t.deepEqual(states.toSorted(), [
    'auditor-client live',
    'auditor-client superseded',
    'auditor-signing live',
  ])
})

test.serial(
  'codes that open nothing are wrong credentials, throttled and journalled as elsewhere',
  async (t) => {
    await bench.request('guess', '/CN=x')
    const asked = await post('simpleenroll', 'guess')
    t.is(asked.status, 401)
    t.regex(String(asked.headers['www-authenticate']), /^Basic realm=/)
    for (const authorization of [
      basic('', 'nonsense'),
      basic('', '7K2M9Q-4T8VXR-3HCW6N'),
      basic('', ''),
    ]) {
      const reply = await post('simpleenroll', 'guess', { authorization })
      t.like(reply, { status: 401, code: 'EST_UNAUTHORISED' }, authorization)
      t.regex(String(reply.headers['www-authenticate']), /^Basic realm=/)
    }
    const expired = await openCode(box, {
      ...{ id: 'auditor-expired', role: 'auditor', approval: 'officer' },
      expires: new Date(Date.now() - 1000).toISOString(),
    })
    const late = await post('simpleenroll', 'guess', { authorization: basic('', expired) })
    t.is(late.json['reason'], 'ENROLMENT_CODE_EXPIRED')
    // One entry a source, code and minute: an earlier test may have made it.
    const refused = await box.entries(0, 'act.refused')
    t.true(refused.some(({ data }) => data['code'] === 'EST_UNAUTHORISED'))
    t.true(refused.some(({ data }) => data['route'] === at('simpleenroll')))
  },
)

test.serial('guessing codes ends after some refusals a minute', async (t) => {
  const strict = await openTestBox({
    parts: (parts) => ({ ...parts, limits: { refusedPerMinute: 3 } }),
  })
  t.teardown(() => strict.close())
  const body = await bench.body('guess')
  const headers = { 'Content-Type': 'application/pkcs10', Authorization: basic('', 'nonsense') }
  const replies: Reply[] = []
  for (let tried = 0; tried < 7; tried++) {
    replies.push(await strict.request({ method: 'POST', path: at('simpleenroll'), body, headers }))
  }
  // A new minute may begin in between.
  t.is(replies.find(({ status }) => status === 429)?.headers['retry-after'], '60')
})

test.serial('a body that is no request is refused with the reason', async (t) => {
  const code = await openCode(box, { id: 'auditor-body', role: 'auditor', approval: 'officer' })
  const authorization = basic('', code)
  const cases: readonly (readonly [string, string, string])[] = [
    ['application/json', '{}', 'BODY_MALFORMED'],
    ['application/pkcs10', '', 'BODY_MALFORMED'],
    ['application/pkcs10', '*', 'BODY_MALFORMED'],
    ['application/pkcs10', 'AAAA', 'CA_REQUEST_MALFORMED'],
    ['application/pkcs10', 'A'.repeat(40_000), 'BODY_TOO_LARGE'],
  ]
  for (const [type, body, expected] of cases) {
    const reply = await box.request({
      ...{ method: 'POST', path: at('simpleenroll'), body },
      headers: { 'Content-Type': type, Authorization: authorization },
    })
    t.is(reply.code, expected, body.slice(0, 10))
    t.true(reply.status === 400 || reply.status === 413)
  }
  await bench.request('weak', '/CN=x', ['-pkeyopt', 'ec_paramgen_curve:P-384'])
  const weak = await post('simpleenroll', 'weak', { authorization })
  t.is(weak.code, 'CA_REQUEST_KEY_REFUSED', 'a curve that is not certified')
  await bench.request('body', '/CN=x')
  const unknown = await post('simpleenroll', 'body', { authorization: basic('unit-seal', code) })
  t.is(unknown.code, 'ENROLMENT_REQUESTS_WRONG')
  t.deepEqual(unknown.json['wanted'], ['auditor-client', 'auditor-signing'])
  const tampered = Buffer.from(await bench.body('body'), 'base64')
  tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1
  const forged = await box.request({
    ...{ method: 'POST', path: at('simpleenroll'), body: tampered.toString('base64') },
    headers: { 'Content-Type': 'application/pkcs10', Authorization: authorization },
  })
  t.is(forged.code, 'CA_REQUEST_POSSESSION_UNPROVEN')
})

test.serial('the first officer of a box cannot enrol half', async (t) => {
  const code = await openCode(box, { id: 'officer-half', role: 'officer', approval: 'none' })
  await bench.request('half', '/CN=x')
  const reply = await post('simpleenroll', 'half', { authorization: basic('', code) })
  t.is(reply.code, 'ENROLMENT_REQUESTS_WRONG')
})

test.serial(
  're-enrolling takes a live certificate, its names, and a key that is new',
  async (t) => {
    const id = 'auditor-again'
    const as = await enrolled(id)
    const other = await enrolled('auditor-other')
    await bench.request('new', subjectOf(id))
    t.like(await post('simplereenroll', 'new'), { status: 401, code: 'CERTIFICATE_REQUIRED' })
    t.is((await post('simplereenroll', 'new', { as: other })).code, 'RENEWAL_SUBJECT_DIFFERS')
    const names: readonly (readonly [string, readonly string[]])[] = [
      ['/CN=somebody', []],
      [`${subjectOf(id)}/CN=more`, []],
      [subjectOf(id), ['-addext', 'subjectAltName=DNS:localhost']],
    ]
    for (const [subject, more] of names) {
      await bench.request('names', subject, more)
      t.is((await post('simplereenroll', 'names', { as })).code, 'RENEWAL_SUBJECT_DIFFERS', subject)
    }
    const keyed = ['-key', bench.path(`${id}.key`)]
    await mustRun('openssl', [
      ...['req', '-new', '-utf8', '-subj', subjectOf(id), ...keyed],
      ...['-outform', 'DER', '-out', bench.path('old.csr')],
    ])
    t.is(
      (await post('simplereenroll', 'old', { as })).code,
      'CA_REQUEST_KEY_REFUSED',
      'the same key',
    )

    const from = box.box.journal.size
    const reply = await post('simplereenroll', 'new', { as })
    t.is(reply.status, 200)
    t.is((await post('simplereenroll', 'new', { as })).text, reply.text, 'a lost answer again')
    const renewed = await box.entries(from)
    t.deepEqual(
      renewed.map(({ type }) => type),
      ['enrolment.renewed', 'certificate.issued'],
    )
    const [cert = ''] = await bench.certificatesIn(reply)
    const next = { key: await readFile(bench.path('new.key'), 'utf8'), cert }
    t.is((await box.request({ path: '/api/v1/me', as: next })).status, 200)
    t.is((await box.request({ path: '/api/v1/me', as })).status, 200, 'the old one is live as well')
    const replayed = await post('simplereenroll', 'new', { as: next })
    t.is(replayed.code, 'CA_REQUEST_KEY_REFUSED', 'its own key is no new one')

    await bench.request('third', subjectOf(id))
    t.is((await post('simplereenroll', 'third', { as: next })).status, 200)
    await bench.request('fourth', subjectOf(id))
    t.is((await post('simplereenroll', 'fourth', { as })).code, 'CERTIFICATES_TOO_MANY')
  },
)

test.serial('of many at once three are live at most', async (t) => {
  const id = 'auditor-race'
  const as = await enrolled(id)
  const names = Array.from({ length: 6 }, (_, number) => `race-${String(number)}`)
  for (const name of names) await bench.request(name, subjectOf(id))
  const replies = await Promise.all(names.map((name) => post('simplereenroll', name, { as })))
  const live = await box.parts.authority.certificatesOf(`person:${id}`)
  t.true(live.length <= 3)
  t.is(replies.filter(({ status }) => status === 200).length, live.length - 1)
  for (const { status } of replies) t.true(status === 200 || status === 409)
})

test.serial('a certificate that is revoked or on hold renews nothing', async (t) => {
  for (const reason of ['cessationOfOperation', 'certificateHold'] as const) {
    const id = `auditor-${reason.toLowerCase()}`
    const as = await enrolled(id)
    const [own] = await box.parts.authority.certificatesOf(`person:${id}`)
    await bench.request('ended', subjectOf(id))
    await box.parts.authority.revoke({
      sha256: own?.sha256 ?? '',
      reason,
      actor: { holder: box.officer.holder, certificate: box.officer.login.name },
    })
    t.is((await post('simplereenroll', 'ended', { as })).code, 'CERTIFICATE_REQUIRED')
    t.is((await box.parts.authority.certificatesOf(`person:${id}`)).length, 1)
  }
})

/** A request with a challenge password, as OpenSSL makes it. */
async function challenged(name: string, challenge: string): Promise<void> {
  const lines = ['[req]', 'prompt=no', 'distinguished_name=n', 'attributes=a', '[n]', 'CN=x', '[a]']
  const config = [...lines, `challengePassword=${challenge}`, ''].join('\n')
  await bench.write('challenge.cnf', config)
  await mustRun('openssl', [
    ...['req', '-new', '-config', bench.path('challenge.cnf'), '-newkey', 'ec'],
    ...['-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', bench.path(`${name}.key`)],
    ...['-outform', 'DER', '-out', bench.path(`${name}.csr`)],
  ])
}

test.serial('a request made for another TLS connection is refused', async (t) => {
  const code = await openCode(box, { id: 'auditor-channel', role: 'auditor', approval: 'officer' })
  await challenged('channel', 'c29tZWJvZHkgZWxzZQ==')
  const reply = await post('simpleenroll', 'channel', { authorization: basic('', code) })
  t.is(reply.code, 'EST_CHANNEL_WRONG')
})

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test.serial(`a request made for this very connection is taken, with ${version}`, async (t) => {
    const id = `auditor-tls-${version.slice(-1)}`
    const code = await openCode(box, { id, role: 'auditor', approval: 'officer' })
    const socket = connect({
      ...{ host: 'localhost', port: box.port, ca: box.rootPem },
      ...{ minVersion: version, maxVersion: version },
    })
    await once(socket, 'secureConnect')
    const binding =
      version === 'TLSv1.3'
        ? socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
        : socket.getFinished()
    await challenged('bound', binding?.toString('base64') ?? '')
    const body = await bench.body('bound')
    socket.write(
      [
        `POST ${at('simpleenroll')} HTTP/1.1`,
        ...['Host: localhost', 'Connection: close', 'Content-Type: application/pkcs10'],
        ...[
          `Authorization: ${basic('', code)}`,
          `Content-Length: ${String(body.length)}`,
          '',
          body,
        ],
      ].join('\r\n'),
    )
    const [first] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    t.regex(first.toString(), /^HTTP\/1\.1 202 /)
  })
}
