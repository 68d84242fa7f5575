/** Certification requests, made by OpenSSL and by Node: what is proven is taken, what is weak, forged or malformed is refused. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { readRequest } from '../../../ca/index.ts'
import { acceptedPublicKey } from '../../../ca/certificates/public_key.ts'
import * as der from '../../../ca/der/write.ts'
import { toPem } from '../../../ca/pem.ts'
import { tool } from './district.ts'

/** A request of our own making. */
function request(parts: {
  publicKey: Uint8Array
  privateKey: KeyObject
  version?: number
  algorithm?: string
  digest?: string
}): Uint8Array {
  const { publicKey, privateKey, version = 0, algorithm = '1.2.840.10045.4.3.2' } = parts
  const information = der.sequence(der.integer(version), der.sequence(), publicKey, der.explicit(0))
  const signature = sign(parts.digest ?? 'sha256', information, privateKey)
  return der.sequence(
    information,
    der.sequence(der.objectIdentifier(algorithm)),
    der.bitString(signature),
  )
}

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicKey = spki(pair.publicKey)
const good = request({ publicKey, privateKey: pair.privateKey })

function spki(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'spki' }))
}

for (const [title, options] of [
  ['P-256', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
  ['RSA-3072', ['rsa:3072']],
] as const) {
  test(`a request by openssl with a ${title} key is read in DER and PEM`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'sealbox-csr-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const [pem, key] = [join(directory, 'x.pem'), join(directory, 'x.key')]
    await tool(
      'openssl',
      'req',
      '-new',
      '-newkey',
      ...options,
      '-nodes',
      '-keyout',
      key,
      '-subj',
      '/CN=root',
      '-out',
      pem,
    )
    const text = await readFile(pem, 'utf8')
    const bytes = Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64')
    const read = await readRequest(bytes)
    t.deepEqual(await readRequest(text), read)
    t.deepEqual(await readRequest(new TextEncoder().encode(text)), read)
  })
}

test('a request gives its key and nothing else', async (t) => {
  t.deepEqual((await readRequest(good)) as Uint8Array, publicKey)
})

test('a request signed by another key, altered, or with a weak digest proves nothing', async (t) => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const altered = good.slice()
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1
  const unproven = [
    request({ publicKey, privateKey: other.privateKey }),
    altered,
    request({
      publicKey,
      privateKey: pair.privateKey,
      digest: 'sha1',
      algorithm: '1.2.840.10045.4.1',
    }),
    request({ publicKey, privateKey: pair.privateKey, algorithm: '1.2.840.10045.4.3.4' }),
  ]
  for (const bytes of unproven) {
    await t.throwsAsync(readRequest(bytes), { code: 'CA_REQUEST_POSSESSION_UNPROVEN' })
  }
})

for (const [title, mine, another] of [
  ['P-256', pair, generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  [
    'RSA-3072',
    generateKeyPairSync('rsa', { modulusLength: 3072 }),
    generateKeyPairSync('rsa', { modulusLength: 3072 }),
  ],
] as const) {
  test(`a request for a ${title} key signed by it is taken, by another of its kind or of another kind is not`, async (t) => {
    const asked = spki(mine.publicKey)
    const [ecdsa, rsa] = ['1.2.840.10045.4.3.2', '1.2.840.113549.1.1.11']
    const algorithm = title === 'P-256' ? ecdsa : rsa
    const own = request({ publicKey: asked, privateKey: mine.privateKey, algorithm })
    t.deepEqual((await readRequest(own)) as Uint8Array, asked)
    for (const wrong of [
      request({ publicKey: asked, privateKey: another.privateKey, algorithm }),
      request({
        publicKey: asked,
        privateKey: mine.privateKey,
        algorithm: rsa === algorithm ? ecdsa : rsa,
      }),
    ]) {
      await t.throwsAsync(readRequest(wrong), { code: 'CA_REQUEST_POSSESSION_UNPROVEN' })
    }
  })
}

test('a request whose key is of no accepted kind says so', async (t) => {
  for (const { publicKey: key, privateKey } of [
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]) {
    await t.throwsAsync(readRequest(request({ publicKey: spki(key), privateKey })), {
      code: 'CA_REQUEST_KEY_REFUSED',
    })
  }
})

test('a request that is BER somewhere inside, or one of two in a file, is malformed', async (t) => {
  const [, length = 0] = publicKey
  // The key's outer length in two octets where one is enough; the signature is over just these bytes.
  const ber = Uint8Array.from([0x30, 0x81, length, ...publicKey.subarray(2)])
  const pem = toPem('CERTIFICATE REQUEST', good)
  await t.notThrowsAsync(readRequest(pem))
  for (const wrong of [
    request({ publicKey: ber, privateKey: pair.privateKey }),
    pem + pem,
    toPem('CERTIFICATE', good),
  ]) {
    await t.throwsAsync(readRequest(wrong), { code: 'CA_REQUEST_MALFORMED' })
  }
})

test('what is no request is malformed', async (t) => {
  const malformed = [
    new Uint8Array(),
    new Uint8Array(40_000).fill(0x30),
    good.subarray(0, -1),
    Uint8Array.from([...good, 0]),
    request({ publicKey, privateKey: pair.privateKey, version: 1 }),
    'a letter',
    '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
    'x'.repeat(100_000),
  ]
  for (const bytes of malformed)
    await t.throwsAsync(readRequest(bytes), { code: 'CA_REQUEST_MALFORMED' })
})

test('keys of other curves, kinds, sizes and exponents are refused', (t) => {
  const refused: KeyObject[] = [
    generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey,
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
    generateKeyPairSync('ed25519').publicKey,
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    generateKeyPairSync('rsa', { modulusLength: 3072, publicExponent: 3 }).publicKey,
  ]
  for (const key of refused)
    t.throws(() => acceptedPublicKey(spki(key)), { code: 'CA_REQUEST_KEY_REFUSED' })
  t.notThrows(() => acceptedPublicKey(publicKey))
})

test('a point off its curve, at infinity, compressed, or with explicit parameters is refused', (t) => {
  const off = publicKey.slice()
  off[off.length - 1] = (off.at(-1) ?? 0) ^ 1
  const algorithm = publicKey.subarray(2, 23)
  const point = publicKey.subarray(26)
  const compressed = Uint8Array.from([(point.at(-1) ?? 0) & 1 ? 3 : 2, ...point.subarray(1, 33)])
  for (const bits of [Uint8Array.of(0), compressed]) {
    const bytes = der.sequence(algorithm, der.bitString(bits))
    t.throws(() => acceptedPublicKey(bytes), { code: 'CA_REQUEST_KEY_REFUSED' })
  }
  t.throws(() => acceptedPublicKey(off), { code: 'CA_REQUEST_KEY_REFUSED' })
  t.notThrows(() => acceptedPublicKey(der.sequence(algorithm, der.bitString(point))))
  const { publicKey: explicit } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    paramEncoding: 'explicit',
  })
  t.throws(() => acceptedPublicKey(spki(explicit)), { code: 'CA_REQUEST_KEY_REFUSED' })
})

test('an RSA modulus with the fingerprint of CVE-2017-15361 is refused', (t) => {
  const rsa = (modulus: bigint): Uint8Array =>
    der.sequence(
      der.sequence(der.objectIdentifier('1.2.840.113549.1.1.1'), der.nullValue),
      der.bitString(der.sequence(der.integer(modulus), der.integer(65_537))),
    )
  // A power of 65537 has the fingerprint by definition, whatever it is a product of.
  t.throws(() => acceptedPublicKey(rsa(65_537n ** 200n)), { message: /known to be weak/ })
  t.notThrows(() => acceptedPublicKey(rsa(65_537n ** 200n + 2n)))
})
