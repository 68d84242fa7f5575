/**
 * What the plain port says of certificate status over time, to tools that keep lists and answers: curl asks whether what it has is still so,
 * GnuTLS and NSS judge by the list that they were handed while a certificate is held and after its release.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { fromPem } from '../../ca/index.ts'
import { readOcspResponse } from '../../ca/path/index.ts'
import { openTestBox, type TestBox } from './box_fixture.ts'

let box: TestBox
let folder: string
let url: string
const at = (name: string): string => join(folder, name)

/** Both streams; a failing status is the tool's answer too, and never what is judged by. */
function tool(command: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 240_000 }, (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`)
    })
  })
}

test.before(async () => {
  box = await openTestBox()
  folder = await mkdtemp(join(tmpdir(), 'sealbox-status-'))
  url = `http://localhost:${String(box.pkiPort)}`
  for (const name of ['root', 'issuing']) {
    await tool('curl', '-sf', '-o', at(`${name}.der`), `${url}/ca/${name}.crt`)
    const der = ['x509', '-inform', 'DER', '-in', at(`${name}.der`)]
    await tool('openssl', ...der, '-out', at(`${name}.pem`))
  }
  await writeFile(at('clerk.pem'), box.units[0].keys.clerk.cert)
})
test.after.always(async () => {
  await box.close()
  await rm(folder, { recursive: true, force: true })
})

interface Asked {
  readonly status: string
  readonly headers: string
  readonly bytes: Buffer
}

/** By curl, with further options. */
async function curl(address: string, ...more: readonly string[]): Promise<Asked> {
  const out = ['-s', '--path-as-is', '-D', at('headers'), '-o', at('body')]
  await writeFile(at('body'), '')
  await tool('curl', ...out, ...more, `${url}${address}`)
  const headers = await readFile(at('headers'), 'utf8')
  return {
    status: /^HTTP\/1\.1 (\d+)/.exec(headers)?.[1] ?? '',
    headers,
    bytes: await readFile(at('body')),
  }
}

const headerOf = ({ headers }: Asked, name: string): string =>
  new RegExp(`^${name}: (.*)\r$`, 'im').exec(headers)?.[1] ?? ''

/** Path of a GET about the clerk's certificate. */
async function ocspPath(...more: readonly string[]): Promise<string> {
  const about = ['-issuer', at('issuing.pem'), '-sha256', '-cert', at('clerk.pem'), ...more]
  await tool('openssl', 'ocsp', ...about, '-reqout', at('req.der'))
  return `/ocsp/${encodeURIComponent((await readFile(at('req.der'))).toString('base64'))}`
}

/** Waits until the second is over in which something was signed, so that dates tell what tags tell. */
const nextSecond = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 1010 - (Date.now() % 1000))
  })

test.serial(
  'curl is told that it has the list and the answer already, until the certificate is held',
  async (t) => {
    const clerk = box.units[0].keys.clerk
    await nextSecond()
    for (const path of ['/ca/issuing.crl', await ocspPath('-no_nonce')]) {
      const first = await curl(path)
      t.is(first.status, '200')
      const tag = headerOf(first, 'etag')
      t.regex(tag, /^"[0-9a-f]{64}"$/)
      const since = headerOf(first, 'last-modified')
      for (const condition of [
        ['-H', `If-None-Match: ${tag}`],
        ['-H', `If-None-Match: "x", W/${tag}`],
        ['-H', 'If-None-Match: *'],
        ['-H', `If-Modified-Since: ${since}`],
      ]) {
        const again = await curl(path, ...condition)
        t.is(again.status, '304', condition[1] ?? '')
        t.is(again.bytes.length, 0)
        t.is(headerOf(again, 'etag'), tag)
      }
      for (const condition of [
        ['-H', 'If-None-Match: "x"'],
        ['-H', 'If-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT'],
        ['-H', 'If-Modified-Since: never'],
        // The tag decides where there is one.
        ['-H', 'If-None-Match: "x"', '-H', `If-Modified-Since: ${since}`],
      ]) {
        t.is((await curl(path, ...condition)).status, '200', condition.join(' '))
      }
      await box.revoke(clerk, 'certificateHold')
      const changed = await curl(path, '-H', `If-None-Match: ${tag}`)
      t.is(changed.status, '200')
      t.notDeepEqual(changed.bytes, first.bytes)
      await box.release(clerk)
    }
  },
)

test.serial(
  'what was revoked in the second of the last list is not hidden by its date',
  async (t) => {
    const clerk = box.units[0].keys.clerk
    const path = await ocspPath('-no_nonce')
    // All of one second: a client that took the first list, or answer, has the date of the later ones.
    const second = () => Math.floor(Date.now() / 1000)
    for (let began = -1; began !== second();) {
      await nextSecond()
      began = second()
      await box.revoke(clerk, 'certificateHold')
      await Promise.all(
        ['/ca/issuing.crl', path].map((one) => box.request({ path: one, pki: true })),
      )
      await box.release(clerk)
    }
    for (const one of ['/ca/issuing.crl', path]) {
      const reply = await box.request({ path: one, pki: true })
      const date = reply.headers['last-modified']
      const headers = { 'If-Modified-Since': String(date) }
      const { status } = await box.request({ path: one, pki: true, headers })
      t.is(status, 200, one)
    }
  },
)

test.serial(
  'the headers of an answer are those of RFC 5019, and of one with a nonce it may not be kept',
  async (t) => {
    const kept = await curl(await ocspPath('-no_nonce'))
    t.is(headerOf(kept, 'content-type'), 'application/ocsp-response')
    t.is(headerOf(kept, 'content-length'), String(kept.bytes.length))
    const { answers } = readOcspResponse(kept.bytes)
    const [{ thisUpdate, nextUpdate } = { thisUpdate: new Date(0), nextUpdate: undefined }] =
      answers
    t.is(headerOf(kept, 'last-modified'), thisUpdate.toUTCString())
    t.is(headerOf(kept, 'expires'), nextUpdate?.toUTCString() ?? '')
    const cache = headerOf(kept, 'cache-control')
    t.regex(cache, /public, no-transform, must-revalidate/)
    const maxAge = Number(/max-age=(\d+)/.exec(cache)?.[1])
    t.true(Date.now() + maxAge * 1000 < (nextUpdate?.getTime() ?? 0))
    const asked = await curl(await ocspPath('-nonce'))
    t.is(headerOf(asked, 'cache-control'), 'no-store')
    t.is(headerOf(asked, 'etag'), '')
    const refused = await curl('/ocsp/AAAA')
    t.is(headerOf(refused, 'cache-control'), 'no-store')
    t.deepEqual(refused.bytes, Buffer.from('30030a0101', 'hex'))
  },
)

test.serial('a POST that does not say how long it is, is answered as well', async (t) => {
  await ocspPath('-no_nonce')
  const post = [
    '--data-binary',
    `@${at('req.der')}`,
    '-H',
    'Content-Type: application/ocsp-request',
  ]
  const whole = await curl('/ocsp', ...post)
  const chunked = await curl('/ocsp', ...post, '-H', 'Transfer-Encoding: chunked')
  t.deepEqual(chunked.bytes, whole.bytes)
  t.is(headerOf(chunked, 'etag'), headerOf(whole, 'etag'))
  t.is(headerOf(chunked, 'cache-control'), headerOf(whole, 'cache-control'))
})

test.serial(
  'GnuTLS and NSS refuse by its list what is held, and take it again once it is released',
  async (t) => {
    const clerk = box.units[0].keys.clerk
    await mkdir(at('nss'))
    const nss = ['-d', `sql:${at('nss')}`]
    await tool('certutil', ...nss, '-N', '--empty-password')
    await tool('certutil', ...nss, '-A', '-n', 'root', '-t', 'CT,C,C', '-i', at('root.pem'))
    await tool('certutil', ...nss, '-A', '-n', 'issuing', '-t', ',,', '-i', at('issuing.pem'))
    const [der] = fromPem('CERTIFICATE', clerk.cert)
    await writeFile(at('clerk.der'), der ?? '')
    const trusted = await Promise.all(['root.pem', 'issuing.pem'].map((name) => readFile(at(name))))
    await writeFile(at('trusted.pem'), Buffer.concat(trusted))
    const judged = async (): Promise<{ gnutls: string; nss: string }> => {
      await curl('/ca/issuing.crl')
      const pem = ['crl', '-inform', 'DER', '-in', at('body'), '-out', at('list.pem')]
      await tool('openssl', ...pem)
      const imported = await tool('crlutil', ...nss, '-I', '-i', at('body'), '-t', '1', '-B')
      t.false(/fail|error/i.test(imported), imported)
      const verify = ['--verify', '--load-ca-certificate', at('trusted.pem')]
      const gnutls = await tool(
        'certtool',
        ...[...verify, '--load-crl', at('list.pem'), '--infile', at('clerk.pem')],
      )
      const chain = ['-pp', '-u', '0', '-g', 'leaf', '-m', 'crl', '-s', 'requireInfo']
      return {
        // It judges each certificate of the chain, so that some are trusted in any case.
        gnutls: /certificate chain is revoked/.exec(gnutls)?.[0] ?? gnutls,
        nss: await tool('vfychain', ...nss, ...chain, at('clerk.der')),
      }
    }
    const before = await judged()
    t.regex(before.gnutls, /Chain verification output: Verified/)
    t.regex(before.nss, /Chain is good/)
    // NSS takes no list of the same second as the one it has.
    await nextSecond()
    await box.revoke(clerk, 'certificateHold')
    const held = await judged()
    t.is(held.gnutls, 'certificate chain is revoked')
    t.regex(held.nss, /-8180/)
    await nextSecond()
    await box.release(clerk)
    const after = await judged()
    t.regex(after.gnutls, /Chain verification output: Verified/)
    t.regex(after.nss, /Chain is good/)
  },
)
