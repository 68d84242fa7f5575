/** The two cryptographies of the verifier give the same answers: WebCrypto's in the browser, `node:crypto`'s on the server. */
import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import * as der from '../../../ca/der/write.ts'
import { nodeCrypto, verifySignature } from '../../../ca/index.ts'
import { oids } from '../../../ca/oids.ts'
import {
  webDigest,
  webVerifySignature,
  type HashName,
  type SignatureCheck,
  type SignatureScheme,
} from '../../../ca/path/signatures.ts'
import { certificate } from './forge.ts'

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength })
const pairs = {
  'P-256': ec('P-256'),
  'P-384': ec('P-384'),
  'P-521': ec('P-521'),
  secp256k1: ec('secp256k1'),
  'explicit P-256': generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }),
  'RSA-2048': rsa(2048),
  'RSA-1024': rsa(1024),
  'RSA-PSS': generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
  Ed25519: generateKeyPairSync('ed25519'),
  Ed448: generateKeyPairSync('ed448'),
}
/** A key bound to PSS with SHA-512 and a salt of at least 48 octets; @types/node does not know how to ask for one. */
const bound = generateKeyPairSync as (type: string, options: object) => typeof pairs.Ed25519
const boundPair = bound('rsa-pss', {
  modulusLength: 2048,
  hashAlgorithm: 'sha512',
  mgf1HashAlgorithm: 'sha512',
  saltLength: 48,
})

const usable = ['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-PSS', 'RSA-PSS of SHA-512', 'Ed25519']
const hashes: readonly HashName[] = ['SHA-256', 'SHA-384', 'SHA-512']
const schemes: readonly SignatureScheme[] = [
  ...hashes.flatMap((hash): SignatureScheme[] => [
    { kind: 'ecdsa', hash },
    { kind: 'rsa-pkcs1', hash },
    { kind: 'rsa-pss', hash, saltLength: 32 },
  ]),
  { kind: 'ed25519' },
]
const data = new TextEncoder().encode('what is signed')

/** A signature as the key makes it under the scheme; none where it cannot. */
function signed(key: KeyObject, scheme: SignatureScheme): Uint8Array | undefined {
  const hash = scheme.kind === 'ed25519' ? null : scheme.hash
  const pss = scheme.kind === 'rsa-pss' && {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: scheme.saltLength,
  }
  try {
    return new Uint8Array(sign(hash, data, { key, ...pss }))
  } catch {
    return undefined
  }
}

const both = async (check: SignatureCheck): Promise<[boolean, boolean]> => [
  await nodeCrypto.verifySignature(check),
  await webVerifySignature(check),
]

const spki = (key: KeyObject) => new Uint8Array(key.export({ format: 'der', type: 'spki' }))

for (const [name, { publicKey, privateKey }] of Object.entries(pairs)) {
  test(`keys of ${name}: both say the same under every scheme`, async (t) => {
    const answers = new Set<boolean>()
    for (const scheme of schemes) {
      const signature = signed(privateKey, scheme) ?? new Uint8Array(64)
      const check = { scheme, publicKey: spki(publicKey), data, signature }
      const [node, web] = await both(check)
      t.is(node, web, JSON.stringify(scheme))
      answers.add(node)
      const others = [
        { ...check, data: data.subarray(1) },
        { ...check, signature: signature.subarray(1) },
        { ...check, signature: Uint8Array.from([...signature, 0]) },
        { ...check, signature: new Uint8Array() },
        { ...check, publicKey: Uint8Array.from([...check.publicKey, 0]) },
        { ...check, publicKey: new Uint8Array(3000) },
      ]
      for (const other of others) t.deepEqual(await both(other), [false, false])
    }
    t.is(answers.has(true), usable.includes(name))
  })
}

test('flipped bits anywhere in key, signature or data: both say the same', async (t) => {
  const { publicKey, privateKey } = pairs['P-256']
  const scheme: SignatureScheme = { kind: 'ecdsa', hash: 'SHA-256' }
  const signature = signed(privateKey, scheme) ?? new Uint8Array()
  const check = { scheme, publicKey: spki(publicKey), data, signature }
  const flip = fc.tuple(fc.constantFrom('publicKey', 'signature', 'data'), fc.nat(), fc.nat(7))
  await fc.assert(
    fc.asyncProperty(flip, async ([what, at, bit]) => {
      const bytes = check[what].slice()
      const place = at % bytes.length
      bytes[place] = (bytes[place] ?? 0) ^ (1 << bit)
      const [node, web] = await both({ ...check, [what]: bytes })
      t.is(node, web)
      t.false(node)
    }),
    { numRuns: 200, seed: 1 },
  )
})

test('both hash alike', async (t) => {
  for (const hash of ['SHA-1', ...hashes] as const) {
    t.deepEqual(new Uint8Array(await nodeCrypto.digest(hash, data)), await webDigest(hash, data))
  }
})

test('a key bound to RSASSA-PSS verifies only what keeps to its parameters', async (t) => {
  const { publicKey, privateKey } = boundPair
  const key = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }
  const signature = new Uint8Array(sign('SHA-512', data, key))
  const ask = (scheme: SignatureScheme) =>
    both({ scheme, publicKey: spki(publicKey), data, signature })
  t.deepEqual(await ask({ kind: 'rsa-pss', hash: 'SHA-512', saltLength: 48 }), [true, true])
  for (const scheme of [
    { kind: 'rsa-pss', hash: 'SHA-512', saltLength: 47 },
    { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 48 },
    { kind: 'rsa-pkcs1', hash: 'SHA-512' },
  ] as const) {
    t.deepEqual(await ask(scheme), [false, false], JSON.stringify(scheme))
  }
})

// One signature in 256 begins with a zero octet, and OpenSSL takes one of RSASSA-PSS without it.
test('an RSA signature without its leading zero octet verifies nowhere (RFC 8017 8.1.2, 8.2.2)', async (t) => {
  const keys = pairs['RSA-2048']
  const key = { key: keys.privateKey, saltLength: 32 }
  for (const kind of ['rsa-pss', 'rsa-pkcs1'] as const) {
    const isPss = kind === 'rsa-pss'
    const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    const scheme: SignatureScheme = { kind, hash: 'SHA-256', saltLength: 32 }
    let [bytes, whole] = [data, Uint8Array.of(1)]
    for (let number = 0; whole[0] !== 0; number++) {
      bytes = new TextEncoder().encode(`number ${String(number)}`)
      whole = new Uint8Array(sign('SHA-256', bytes, { ...key, padding }))
    }
    const answers = async (signature: Uint8Array) => [
      ...(await both({ scheme, publicKey: spki(keys.publicKey), data: bytes, signature })),
      verifySignature({
        certificate: certificate({ subject: 'unit', issuer: 'root', keys }),
        algorithm: isPss ? 'rsa-pss-sha256' : 'rsa-sha256',
        bytes,
        signature,
      }),
    ]
    t.deepEqual(await answers(whole), [true, true, true])
    t.deepEqual(await answers(whole.subarray(1)), [false, false, false])
  }
})

test('a point in the hybrid form verifies nothing, a compressed one does (RFC 5480 2.2)', async (t) => {
  const { publicKey, privateKey } = pairs['P-256']
  const scheme: SignatureScheme = { kind: 'ecdsa', hash: 'SHA-256' }
  const signature = signed(privateKey, scheme) ?? new Uint8Array()
  const whole = spki(publicKey)
  const at = whole.length - 65
  const isOdd = (whole.at(-1) ?? 0) & 1
  const ask = (key: Uint8Array) => both({ scheme, publicKey: key, data, signature })
  t.deepEqual(await ask(whole), [true, true])
  t.deepEqual(await ask(whole.with(at, 6 + isOdd)), [false, false])
  t.deepEqual(await ask(whole.with(at, 7 - isOdd)), [false, false])
  const compressed = der.sequence(
    der.sequence(der.objectIdentifier(oids.ecPublicKey), der.objectIdentifier(oids.prime256v1)),
    der.bitString(Uint8Array.of(2 + isOdd, ...whole.subarray(at + 1, at + 33))),
  )
  t.deepEqual(await ask(compressed), [true, true])
})
