/** Certification requests, made by OpenSSL and by Node: what is proven is taken, what is weak, forged or malformed is refused. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import {
  createECDH,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  sign,
  type KeyObject,
} from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { boxActor, readRequest } from '../../../ca/index.ts'
import { acceptedPublicKey } from '../../../ca/certificates/public_key.ts'
import { rsaWeakness } from '../../../ca/certificates/weak_keys.ts'
import * as der from '../../../ca/der/write.ts'
import { toPem } from '../../../ca/pem.ts'
import { openDistrict, tool } from './district.ts'

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

test('of hundreds of requests at once each gets its own answer, the bad ones their own reason', async (t) => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const answers = await Promise.allSettled(
    Array.from({ length: 300 }, (_, at) => {
      if (at % 3 === 0) return readRequest(good)
      const key = at % 3 === 1 ? publicKey : spki(curve.publicKey)
      return readRequest(request({ publicKey: key, privateKey: other.privateKey }))
    }),
  )
  const codes = answers.map((answer) =>
    answer.status === 'fulfilled' ? 'proven' : (answer.reason as { code: string }).code,
  )
  const reasons = ['proven', 'CA_REQUEST_POSSESSION_UNPROVEN', 'CA_REQUEST_KEY_REFUSED']
  t.deepEqual(
    codes,
    codes.map((_, at) => reasons[at % 3]),
  )
  for (const answer of answers) {
    if (answer.status === 'fulfilled') t.deepEqual(answer.value as Uint8Array, publicKey)
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

/** SubjectPublicKeyInfo of an RSA key of any numbers. */
const rsa = (modulus: bigint, exponent = 65_537n): Uint8Array =>
  der.sequence(
    der.sequence(der.objectIdentifier('1.2.840.113549.1.1.1'), der.nullValue),
    der.bitString(der.sequence(der.integer(modulus), der.integer(exponent))),
  )

const numberOf = (bytes: ArrayBufferLike | Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes as Uint8Array).toString('hex')}`)

/** Modulus of a good key. */
const { publicKey: goodRsa } = generateKeyPairSync('rsa', { modulusLength: 3072 })
const modulus = numberOf(Buffer.from(goodRsa.export({ format: 'jwk' }).n ?? '', 'base64url'))

test('an RSA key that anybody can factor, or whose exponents are bad, is refused by its name', (t) => {
  const prime = numberOf(new Uint8Array(generatePrimeSync(1536)))
  // The next number without small factors: as good as the next prime for Fermat.
  let near = prime + 2n
  while (rsaWeakness(prime * near, 65_537n) === 'w_rsa_mod_factors_smaller_than_752') near += 2n
  const weak: readonly (readonly [weakness: string, spki: Uint8Array])[] = [
    // A power of 65537 has the fingerprint of CVE-2017-15361 by definition, whatever it is a product of.
    ['e_rsa_roca', rsa(65_537n ** 200n)],
    ['e_rsa_fermat_factorization', rsa(prime * near)],
    ['e_rsa_fermat_factorization', rsa(prime * prime)],
    ['w_rsa_mod_factors_smaller_than_752', rsa(modulus - (modulus % 1502n) + 751n)],
    ['w_rsa_mod_not_odd', rsa(modulus - 1n)],
    ['e_rsa_public_exponent_too_small', rsa(modulus, 1n)],
    ['e_rsa_public_exponent_too_small', rsa(modulus, 3n)],
    ['e_rsa_public_exponent_not_odd', rsa(modulus, 65_538n)],
    ['e_rsa_public_exponent_too_large', rsa(modulus, 2n ** 256n + 1n)],
  ]
  for (const [weakness, bytes] of weak) {
    const error = t.throws(() => acceptedPublicKey(bytes), { code: 'CA_REQUEST_KEY_REFUSED' })
    t.like(error, { details: { weakness } }, weakness)
  }
  t.notThrows(() => acceptedPublicKey(rsa(modulus)))
  t.notThrows(() => acceptedPublicKey(rsa(modulus, 2n ** 255n + 1n)))
})

test('a P-256 key whose private key is small, or printed in a standard, is refused', (t) => {
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  const keyOf = (scalar: bigint): Uint8Array => {
    const curve = createECDH('prime256v1')
    curve.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex')
    return Uint8Array.from([...publicKey.subarray(0, 26), ...curve.getPublicKey()])
  }
  const rfc6979 = BigInt('0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721')
  const jose = createPublicKey({
    // RFC 7515 A.3.1
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    format: 'jwk',
  })
  const known = [1n, 2n, 1024n, order - 1n, order - 1024n, rfc6979, order - rfc6979].map(keyOf)
  for (const bytes of [...known, spki(jose)]) {
    const error = t.throws(() => acceptedPublicKey(bytes), { code: 'CA_REQUEST_KEY_REFUSED' })
    t.like(error, { details: { weakness: 'e_ec_private_key_known' } })
  }
  t.notThrows(() => acceptedPublicKey(keyOf(1025n)))
  t.notThrows(() => acceptedPublicKey(keyOf(rfc6979 + 1n)))
})

test('subject, attributes and extensions of a request are never looked at', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'sealbox-csr-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const out = join(directory, 'x.der')
  const asked = ['basicConstraints=critical,CA:TRUE', 'subjectAltName=DNS:box.district']
  const made = await tool(
    'openssl',
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', join(directory, 'x.key'), '-subj', '/CN=根证书', '-utf8', '-outform', 'DER'],
    ...asked.flatMap((one) => ['-addext', one]),
    ...['-out', out],
  )
  t.is(made.status, 0, made.output)
  const bytes = new Uint8Array(await readFile(out))
  const proven = await readRequest(bytes)
  // All that comes out is the key.
  t.is(proven.length, 91)
  t.true(Buffer.from(bytes).includes(Buffer.from(proven)))
  const district = await openDistrict()
  t.teardown(() => district.close())
  const certificate = await district.authority.issue({
    profile: 'seat-client',
    subject: { commonName: '文书' },
    publicKey: proven,
    holder: 'seat:1',
    actor: boxActor,
  })
  const text = (
    await tool(
      'openssl',
      'x509',
      '-text',
      '-noout',
      '-in',
      await district.file('x.pem', toPem('CERTIFICATE', certificate)),
    )
  ).output
  t.notRegex(text, /CA:TRUE|box\.district|根证书.*Subject:/)
  t.regex(text, /Subject:.*文书|Subject:.*\\E6/)
})
