/** The plain HTTP port with standard tools on the other side: openssl, GnuTLS and curl read what it publishes. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { verifyCheckpoint } from '../../ca/path/index.ts'
import { ed25519PublicKey } from '../../ca/path/index.ts'
import { openTestBox, type TestBox } from './box_fixture.ts'

const run = promisify(execFile)
/** stdout and stderr of a tool; a failing status is the tool's answer too. */
async function tool(command: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 240_000 })
    return stdout + stderr
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return `${stdout}${stderr}\nfailed`
  }
}

let box: TestBox
let folder: string
let url: string
const at = (name: string): string => join(folder, name)

test.before(async () => {
  box = await openTestBox()
  folder = await mkdtemp(join(tmpdir(), 'sealbox-pki-'))
  url = `http://localhost:${String(box.pkiPort)}`
  const [one, two] = box.units
  await writeFile(at('clerk.pem'), one.keys.clerk.cert)
  await writeFile(at('gone.pem'), two.keys.leader.cert)
  await box.revoke(two.keys.leader)
  for (const name of ['root', 'issuing']) {
    await tool('curl', '-sf', '-o', at(`${name}.der`), `${url}/ca/${name}.crt`)
    await tool('curl', '-sf', '-o', at(`${name}.crl`), `${url}/ca/${name}.crl`)
    await tool(
      'openssl',
      'x509',
      '-in',
      at(`${name}.der`),
      '-inform',
      'DER',
      '-out',
      at(`${name}.pem`),
    )
  }
})
test.after.always(async () => {
  await box.close()
  await rm(folder, { recursive: true, force: true })
})

test.serial('certificates and CRLs are published, and hold together', async (t) => {
  t.regex(await tool('openssl', 'verify', '-CAfile', at('root.pem'), at('issuing.pem')), /: OK/)
  const { chain } = box.parts.authority
  for (const [name, der] of [
    ['issuing', chain[0]],
    ['root', chain[1]],
  ] as const) {
    const reply = await box.request({ path: `/ca/${name}.crt`, pki: true })
    t.is(reply.headers['content-type'], 'application/pkix-cert')
    t.deepEqual(reply.bytes, Buffer.from(der ?? new Uint8Array()))
    const crl = await tool(
      'openssl',
      'crl',
      '-inform',
      'DER',
      '-in',
      at(`${name}.crl`),
      '-noout',
      '-CAfile',
      at(`${name}.pem`),
      '-text',
    )
    t.regex(crl, /verify OK/, name)
    t.is(
      crl.includes('Serial Number:'),
      name === 'issuing',
      'one is revoked, by the issuing authority',
    )
    const published = await box.request({ path: `/ca/${name}.crl`, pki: true })
    t.is(published.headers['content-type'], 'application/pkix-crl')
    t.truthy(published.headers['last-modified'])
    t.truthy(published.headers['expires'])
  }
})

test.serial('openssl ocsp gets good and revoked, with and without a nonce', async (t) => {
  for (const [name, status] of [
    ['clerk', 'good'],
    ['gone', 'revoked'],
  ] as const) {
    for (const nonce of ['-nonce', '-no_nonce']) {
      const said = await tool(
        'openssl',
        'ocsp',
        '-url',
        `${url}/ocsp`,
        '-issuer',
        at('issuing.pem'),
        '-cert',
        at(`${name}.pem`),
        '-CAfile',
        at('root.pem'),
        nonce,
      )
      t.regex(said, /Response verify OK/, said)
      t.true(said.includes(`${at(`${name}.pem`)}: ${status}`), said)
    }
  }
})

test.serial('GnuTLS asks too', async (t) => {
  const said = await tool(
    'ocsptool',
    `--ask=${url}/ocsp`,
    '--load-issuer',
    at('issuing.pem'),
    '--load-cert',
    at('clerk.pem'),
    '--load-trust',
    at('issuing.pem'),
  )
  t.regex(said, /Certificate Status: good/)
  t.regex(said, /Verifying OCSP Response: Success/)
})

test.serial('OCSP is answered by GET, with the slashes of base64 encoded or not', async (t) => {
  const keys = box.units.flatMap((unit) => Object.values(unit.keys))
  let slashes = 0
  for (const [name, { cert }] of keys.entries()) {
    const path = at(`${String(name)}.pem`)
    await writeFile(path, cert)
    const about = ['-issuer', at('issuing.pem'), '-cert', path, '-no_nonce']
    await tool('openssl', 'ocsp', ...about, '-reqout', at('req.der'))
    const base64 = (await readFile(at('req.der'))).toString('base64')
    if (name > 0 && !base64.includes('/')) continue
    slashes += base64.includes('/') ? 1 : 0
    for (const asked of [encodeURIComponent(base64), base64]) {
      await tool('curl', '-sf', '--path-as-is', '-o', at('answer.der'), `${url}/ocsp/${asked}`)
      const answer = ['-respin', at('answer.der'), '-CAfile', at('root.pem')]
      t.regex(await tool('openssl', 'ocsp', ...about, ...answer), /\.pem: (good|revoked)/, asked)
    }
    if (slashes > 0) return
  }
  t.log('no request had a slash')
})

test.serial(
  'answers with a nonce may not be cached, those without only after asking again',
  async (t) => {
    for (const [option, cache] of [
      ['-nonce', /no-store/],
      ['-no_nonce', /max-age=0/],
    ] as const) {
      await tool(
        'openssl',
        'ocsp',
        '-issuer',
        at('issuing.pem'),
        '-cert',
        at('clerk.pem'),
        '-reqout',
        at('req.der'),
        option,
      )
      const said = await tool(
        'curl',
        '-sf',
        '-D',
        '-',
        '-o',
        '/dev/null',
        '--data-binary',
        `@${at('req.der')}`,
        '-H',
        'Content-Type: application/ocsp-request',
        `${url}/ocsp`,
      )
      t.regex(said, /application\/ocsp-response/)
      t.regex(said, new RegExp(`cache-control: .*${cache.source}`, 'i'))
    }
    for (const path of ['/ocsp/garbage', '/ocsp/%ff', '/ocsp/']) {
      const reply = await box.request({ path, pki: true })
      t.is(reply.status, 200, path)
      t.deepEqual(reply.bytes, Buffer.from('30030a0101', 'hex'), 'malformedRequest')
    }
  },
)

test.serial('openssl ts verifies a token had by curl', async (t) => {
  await writeFile(at('data.txt'), '公文')
  await tool(
    'openssl',
    'ts',
    '-query',
    '-data',
    at('data.txt'),
    '-sha256',
    '-cert',
    '-out',
    at('q.tsq'),
  )
  const curl = [
    '-sf',
    '-H',
    'Content-Type: application/timestamp-query',
    '--data-binary',
    `@${at('q.tsq')}`,
  ]
  await tool('curl', ...curl, '-o', at('r.tsr'), `${url}/tsa`)
  const said = await tool(
    'openssl',
    'ts',
    '-verify',
    '-in',
    at('r.tsr'),
    '-queryfile',
    at('q.tsq'),
    '-CAfile',
    at('root.pem'),
    '-untrusted',
    at('issuing.pem'),
  )
  t.regex(said, /Verification: OK/)
  await writeFile(at('data.txt'), '公文！')
  const other = await tool(
    'openssl',
    'ts',
    '-verify',
    '-in',
    at('r.tsr'),
    '-data',
    at('data.txt'),
    '-CAfile',
    at('root.pem'),
    '-untrusted',
    at('issuing.pem'),
  )
  t.notRegex(other, /Verification: OK/)
})

test.serial(
  'the checkpoint verifies under the journal’s certificate, and says what the journal says',
  async (t) => {
    const { text, headers } = await box.request({ path: '/journal/checkpoint', pki: true })
    t.regex(String(headers['content-type']), /^text\/plain/)
    const publicKey = ed25519PublicKey(box.parts.box.journalCertificate)
    const head = await verifyCheckpoint(text, { origin: box.id, publicKey })
    t.is(head?.size, box.box.journal.size)
    t.deepEqual(head?.rootHash, (await box.box.journal.head()).rootHash)
    t.is(
      await verifyCheckpoint(text.replace(/^\d+$/m, '1'), { origin: box.id, publicKey }),
      undefined,
    )
    t.is(await verifyCheckpoint(text, { origin: 'another box', publicKey }), undefined)
  },
)

test.serial('health is told in one line', async (t) => {
  const { status, json } = await box.request({ path: '/healthz', pki: true })
  t.is(status, 200)
  t.deepEqual(json, { state: 'running', size: box.box.journal.size, mode: 'trial' })
})

test.serial('nothing else is there: other methods, other paths, large bodies', async (t) => {
  const asked: readonly (readonly [string, string])[] = [
    ['POST', '/ca/root.crt'],
    ['PUT', '/ocsp'],
    ['GET', '/tsa'],
    ['DELETE', '/journal/checkpoint'],
    ['GET', '/CA/root.crt'],
    ['GET', '/ca/root.crt/'],
    ['GET', '/ca/'],
    ['GET', '/'],
    ['GET', '/api/v1/me'],
    ['GET', '/ca/%2e%2e/keys/root.key'],
    ['GET', '/journal/entries'],
  ]
  for (const [method, path] of asked) {
    const reply = await box.request({ method, path, pki: true })
    t.is(reply.status, 404, `${method} ${path}`)
    t.is(reply.code, 'ROUTE_UNKNOWN', `${method} ${path}`)
  }
  for (const path of ['/ocsp', '/tsa']) {
    const reply = await box.request({ method: 'POST', path, body: Buffer.alloc(20_000), pki: true })
    t.is(reply.code, 'BODY_TOO_LARGE', path)
  }
})
