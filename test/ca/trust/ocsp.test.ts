/** OCSP, held against RFC 6960 by `openssl ocsp` and GnuTLS's `ocsptool`, with revoked, unknown, foreign and malformed twins. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { boxActor, decodeOcspPath, sha256Hex, toHex } from '../../../ca/index.ts'
import { readDer, sequenceOf } from '../../../ca/der/read.ts'
import * as der from '../../../ca/der/write.ts'
import { readOcspRequest } from '../../../ca/ocsp/request.ts'
import { issueSeat, openDistrict, pem, tool, type TestDistrict } from './district.ts'

interface Paths {
  readonly issuer: string
  readonly root: string
}

async function pathsOf(district: TestDistrict): Promise<Paths> {
  const { issuing, root } = district.certificates
  return {
    issuer: await district.file('issuing.pem', pem('CERTIFICATE', issuing)),
    root: await district.file('chain.pem', pem('CERTIFICATE', root, issuing)),
  }
}

/** Has OpenSSL make a request about some certificates. */
async function ask(
  district: TestDistrict,
  certificates: readonly Uint8Array[],
  ...options: readonly string[]
): Promise<Uint8Array> {
  const { issuer } = await pathsOf(district)
  const request = join(district.directory, 'request.der')
  const named: string[] = []
  for (const certificate of certificates) {
    const name = `${sha256Hex(certificate).slice(0, 8)}.pem`
    named.push('-cert', await district.file(name, pem('CERTIFICATE', certificate)))
  }
  const made = await tool(
    'openssl',
    'ocsp',
    ...options,
    '-issuer',
    issuer,
    ...named,
    '-reqout',
    request,
  )
  if (made.status !== 0) throw new Error(made.output)
  return readFile(request)
}

/** What OpenSSL says of a response to the request it just made. */
async function judge(
  district: TestDistrict,
  certificate: Uint8Array,
  response: Uint8Array,
  hash = '-sha1',
): Promise<string> {
  const { issuer, root } = await pathsOf(district)
  const { output } = await tool(
    'openssl',
    ...['ocsp', hash, '-issuer', issuer, '-reqin', join(district.directory, 'request.der')],
    ...['-cert', await district.file('judged.pem', pem('CERTIFICATE', certificate))],
    ...['-respin', await district.file('response.der', response), '-CAfile', root],
    // Or OpenSSL replaces the nonce of the request it reads.
    ...['-no_nonce', '-resp_text'],
  )
  return output
}

for (const hash of ['-sha1', '-sha256', '-sha384', '-sha512']) {
  test(`openssl accepts good, revoked and unknown, asked by ${hash} with a nonce`, async (t) => {
    const district = await openDistrict()
    t.teardown(() => district.close())
    const { authority, clock } = district
    const certificate = await issueSeat(authority)
    const respond = async (): Promise<string> => {
      const request = await ask(district, [certificate], hash, '-nonce')
      const answer = await authority.ocsp.respond(request, clock.now())
      t.true(answer.signed && answer.hasNonce)
      return judge(district, certificate, answer.response, hash)
    }
    const good = await respond()
    t.regex(good, /Response verify OK/)
    t.regex(good, /judged\.pem: good/)
    t.notRegex(good, /WARNING/)
    await authority.revoke({
      sha256: sha256Hex(certificate),
      reason: 'keyCompromise',
      actor: boxActor,
    })
    const revoked = await respond()
    t.regex(revoked, /judged\.pem: revoked[\s\S]*Reason: keyCompromise/)
    t.regex(revoked, /Response verify OK/)
  })
}

test('a serial number never issued is unknown, never good', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { issuer } = await pathsOf(district)
  for (const serial of ['1', '0x00', '0xff00000000000000000000000000000000', '-5']) {
    const path = join(district.directory, 'unknown.der')
    await tool('openssl', 'ocsp', '-sha256', '-issuer', issuer, '-serial', serial, '-reqout', path)
    const answer = await district.authority.ocsp.respond(await readFile(path), district.clock.now())
    const text = await tool(
      'openssl',
      'ocsp',
      '-respin',
      await district.file('r.der', answer.response),
      // Or OpenSSL replaces the nonce of the request it reads.
      ...['-no_nonce', '-resp_text'],
      '-noverify',
    )
    t.regex(text.output, /Cert Status: unknown/, serial)
  }
})

test('a certificate of a foreign issuer is unauthorized alone, and unknown beside one of ours', async (t) => {
  const district = await openDistrict()
  const foreign = await openDistrict()
  t.teardown(() => Promise.all([district.close(), foreign.close()]))
  const { ocsp } = district.authority
  const at = district.clock.now()
  const stranger = await issueSeat(foreign.authority)
  const asked = await ask(foreign, [stranger], '-sha256')
  const refused = await ocsp.respond(asked, at)
  t.deepEqual(refused, {
    signed: false,
    error: 'unauthorized',
    response: Uint8Array.of(0x30, 3, 10, 1, 6),
  })

  const ours = readDer(
    await ask(district, [await issueSeat(district.authority)], '-sha256', '-no_nonce'),
  )
  const single = (request: Uint8Array): Uint8Array =>
    sequenceOf(sequenceOf(sequenceOf(readDer(request), 'request')[0], 'tbs')[0], 'list')[0]?.raw ??
    request
  const both = der.sequence(der.sequence(der.sequence(single(ours.raw), single(asked))))
  const answer = await ocsp.respond(both, at)
  const text = await tool(
    'openssl',
    'ocsp',
    '-respin',
    await district.file('r.der', answer.response),
    // Or OpenSSL replaces the nonce of the request it reads.
    ...['-no_nonce', '-resp_text'],
    '-noverify',
  )
  t.deepEqual(text.output.match(/Cert Status: \w+/g), ['Cert Status: good', 'Cert Status: unknown'])
})

test('the name hash, the key hash and the serial number must all match', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const request = await ask(district, [await issueSeat(district.authority)], '-sha256', '-no_nonce')
  const [id] = readOcspRequest(request).certificates
  for (const hash of [id?.issuerNameHash, id?.issuerKeyHash]) {
    const altered = Buffer.from(request)
    const at = altered.indexOf(hash ?? '')
    altered[at] = (altered[at] ?? 0) ^ 1
    const answer = await district.authority.ocsp.respond(altered, district.clock.now())
    t.false(answer.signed)
  }
})

test('several certificates are answered in one response', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const first = await issueSeat(authority, '甲')
  const second = await issueSeat(authority, '乙')
  await authority.revoke({ sha256: sha256Hex(second), reason: 'superseded', actor: boxActor })
  const answer = await authority.ocsp.respond(await ask(district, [first, second]), clock.now())
  t.regex(await judge(district, first, answer.response), /judged\.pem: good/)
  t.regex(await judge(district, second, answer.response), /judged\.pem: revoked/)
})

test('a malformed request gets an unsigned malformedRequest', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const request = await ask(district, [await issueSeat(district.authority)], '-sha256', '-no_nonce')
  const single = sequenceOf(sequenceOf(sequenceOf(readDer(request), 'r')[0], 't')[0], 'l')[0]?.raw
  const list = (count: number): Uint8Array =>
    der.sequence(
      der.sequence(der.sequence(...Array.from({ length: count }, () => single ?? request))),
    )
  const withNonce = (length: number): Uint8Array => {
    const value = der.octetString(der.octetString(new Uint8Array(length)))
    const nonce = der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.1.2'), value)
    return der.sequence(
      der.sequence(der.sequence(single ?? request), der.explicit(2, der.sequence(nonce))),
    )
  }
  const answerTo = async (bytes: Uint8Array): Promise<string> => {
    const answer = await district.authority.ocsp.respond(bytes, district.clock.now())
    return answer.signed ? 'signed' : toHex(answer.response)
  }
  for (const accepted of [list(1), list(32), withNonce(1), withNonce(128)]) {
    t.is(await answerTo(accepted), 'signed')
  }
  const malformed = [
    new Uint8Array(),
    Uint8Array.of(0x30),
    request.subarray(0, -1),
    new Uint8Array(9000),
    list(0),
    list(33),
    withNonce(0),
    withNonce(129),
  ]
  for (const refused of malformed) t.is(await answerTo(refused), '30030a0101')
})

test('a GET path is read with any of the encodings that clients use', (t) => {
  for (const path of ['%2B%2F%2B%2FAQ%3D%3D', '+/+/AQ==', '%2b%2f+%2fAQ==', ' / /AQ==']) {
    t.is(toHex(decodeOcspPath(path)), 'fbffbf01', path)
  }
  for (const bad of ['*', '%', 'AB=C'])
    t.throws(() => decodeOcspPath(bad), { code: 'DER_MALFORMED' })
})

test('an answer for sealing is not older than asked, and OpenSSL accepts it', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const certificate = await issueSeat(district.authority)
  await ask(district, [certificate], '-sha256', '-no_nonce')
  const at = new Date(Math.floor(Date.now() / 1000) * 1000)
  const text = await judge(
    district,
    certificate,
    await district.authority.ocsp.answerFor(certificate, at),
    '-sha256',
  )
  t.regex(text, /judged\.pem: good/)
  t.regex(text, /Response verify OK/)
  const said = /This Update: (.*) GMT/.exec(text)?.[1] ?? ''
  t.is(new Date(`${said} UTC`).getTime(), at.getTime())
})

test('ocsptool is told good and revoked over HTTP, by POST, with a nonce', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const district = await openDistrict({ origin })
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await district.close()
  })
  const { authority, clock, certificates } = district
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void authority.ocsp.respond(Buffer.concat(chunks), clock.now()).then((answer) => {
        response.setHeader('Content-Type', 'application/ocsp-response').end(answer.response)
      })
    })
  })
  const certificate = await issueSeat(authority)
  const paths = {
    certificate: await district.file('seat.pem', pem('CERTIFICATE', certificate)),
    issuer: await district.file('issuing.pem', pem('CERTIFICATE', certificates.issuing)),
    root: await district.file(
      'root.pem',
      pem('CERTIFICATE', certificates.root, certificates.issuing),
    ),
  }
  const query = async (): Promise<string> => {
    const { output } = await tool(
      'ocsptool',
      ...[`--ask=${origin}/ocsp`, '--nonce', '--load-cert', paths.certificate],
      ...['--load-issuer', paths.issuer, '--load-trust', paths.root],
    )
    return output
  }
  const good = await query()
  t.regex(good, /Verifying OCSP Response: Success/)
  t.regex(good, /Certificate Status: good/)
  await authority.revoke({ sha256: sha256Hex(certificate), reason: 'superseded', actor: boxActor })
  t.regex(await query(), /Certificate Status: revoked/)
})
