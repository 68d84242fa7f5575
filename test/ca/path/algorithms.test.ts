/** Paths signed by each algorithm that is verified, and by those that are not, which is said; by both cryptographies. */
import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import test from 'ava'
import * as der from '../../../ca/der/write.ts'
import { nodeCrypto } from '../../../ca/index.ts'
import { oids } from '../../../ca/oids.ts'
import { validatePath, type PathFindingCode } from '../../../ca/path/index.ts'
import { at, caUsage, certificate, ecdsa256, isCa, type Keys, type Scheme } from './forge.ts'

const rsa = (modulusLength: number, publicExponent = 65537): Keys =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
const ec = (namedCurve: string): Keys => generateKeyPairSync('ec', { namedCurve })
const identifier = (oid: string, ...parameters: Uint8Array[]) =>
  der.sequence(der.objectIdentifier(oid), ...parameters)

const pkcs1 = (hash: string, oid: string, ...parameters: Uint8Array[]): Scheme => ({
  algorithm: identifier(oid, ...parameters),
  sign: (data, key) => new Uint8Array(sign(hash, data, key)),
})
const ecdsa = (hash: string, oid: string, ...parameters: Uint8Array[]): Scheme => ({
  algorithm: identifier(oid, ...parameters),
  sign: (data, key) => new Uint8Array(sign(hash, data, { key, dsaEncoding: 'der' })),
})
const ed25519: Scheme = {
  algorithm: identifier(oids.ed25519),
  sign: (data, key) => new Uint8Array(sign(null, data, key)),
}
const mgf1 = (hash: Uint8Array) => identifier('1.2.840.113549.1.1.8', hash)
const sha256 = identifier(oids.sha256, der.nullValue)
const sha512 = identifier(oids.sha512, der.nullValue)

/** RSASSA-PSS with the given fields of its parameters; the signature itself is of SHA-256 with a salt of 32. */
const pss = (...fields: Uint8Array[]): Scheme => ({
  algorithm: identifier('1.2.840.113549.1.1.10', der.sequence(...fields)),
  sign: (data, key: KeyObject) => {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return new Uint8Array(sign('sha256', data, { key, padding, saltLength: 32 }))
  },
})
const salt = (length: number) => der.explicit(2, der.integer(length))
const right = [der.explicit(0, sha256), der.explicit(1, mgf1(sha256))]

const sha256Rsa = pkcs1('sha256', '1.2.840.113549.1.1.11', der.nullValue)
const [key2048, p256] = [rsa(2048), ec('P-256')]
type Row = readonly [string, Keys, Scheme, 'valid' | PathFindingCode]
const rows: readonly Row[] = [
  ['RSA-2048 with SHA-256', key2048, sha256Rsa, 'valid'],
  [
    'RSA-3072 with SHA-384',
    rsa(3072),
    pkcs1('sha384', '1.2.840.113549.1.1.12', der.nullValue),
    'valid',
  ],
  [
    'RSA-2048 with SHA-512',
    key2048,
    pkcs1('sha512', '1.2.840.113549.1.1.13', der.nullValue),
    'valid',
  ],
  ['RSA of exponent 3', rsa(2048, 3), sha256Rsa, 'valid'],
  ['RSASSA-PSS', key2048, pss(...right, salt(32)), 'valid'],
  ['P-256 with SHA-256', p256, ecdsa256, 'valid'],
  ['P-384 with SHA-384', ec('P-384'), ecdsa('sha384', '1.2.840.10045.4.3.3'), 'valid'],
  ['P-521 with SHA-512', ec('P-521'), ecdsa('sha512', '1.2.840.10045.4.3.4'), 'valid'],
  ['Ed25519', generateKeyPairSync('ed25519'), ed25519, 'valid'],
  ['RSASSA-PSS that says another salt', key2048, pss(...right, salt(20)), 'SIGNATURE_INVALID'],
  ['RSASSA-PSS of SHA-1 by default', key2048, pss(), 'ALGORITHM_UNSUPPORTED'],
  [
    'RSASSA-PSS with a mask of SHA-1 by default',
    key2048,
    pss(der.explicit(0, sha256), salt(32)),
    'ALGORITHM_UNSUPPORTED',
  ],
  [
    'RSASSA-PSS with a mask of another hash',
    key2048,
    pss(der.explicit(0, sha256), der.explicit(1, mgf1(sha512)), salt(32)),
    'ALGORITHM_UNSUPPORTED',
  ],
  [
    'RSASSA-PSS with another trailer',
    key2048,
    pss(...right, salt(32), der.explicit(3, der.integer(2))),
    'ALGORITHM_UNSUPPORTED',
  ],
  [
    'RSASSA-PSS with a field that is not its own',
    key2048,
    pss(...right, salt(32), der.explicit(4, der.integer(1))),
    'ALGORITHM_UNSUPPORTED',
  ],
  ['RSA-1024', rsa(1024), sha256Rsa, 'ALGORITHM_UNSUPPORTED'],
  [
    'RSA with SHA-1',
    key2048,
    pkcs1('sha1', '1.2.840.113549.1.1.5', der.nullValue),
    'ALGORITHM_UNSUPPORTED',
  ],
  [
    'RSA with MD5',
    key2048,
    pkcs1('md5', '1.2.840.113549.1.1.4', der.nullValue),
    'ALGORITHM_UNSUPPORTED',
  ],
  ['RSA that says ECDSA', key2048, pkcs1('sha256', '1.2.840.10045.4.3.2'), 'ALGORITHM_UNSUPPORTED'],
  [
    'ECDSA with NULL parameters',
    p256,
    ecdsa('sha256', '1.2.840.10045.4.3.2', der.nullValue),
    'ALGORITHM_UNSUPPORTED',
  ],
  ['ECDSA with SHA-1', p256, ecdsa('sha1', '1.2.840.10045.4.1'), 'ALGORITHM_UNSUPPORTED'],
  ['ECDSA on secp256k1', ec('secp256k1'), ecdsa256, 'ALGORITHM_UNSUPPORTED'],
  ['ECDSA that says SHA-384', p256, ecdsa('sha256', '1.2.840.10045.4.3.3'), 'SIGNATURE_INVALID'],
  [
    'Ed448',
    generateKeyPairSync('ed448'),
    { ...ed25519, algorithm: identifier('1.3.101.113') },
    'ALGORITHM_UNSUPPORTED',
  ],
  [
    'Ed25519 with parameters',
    generateKeyPairSync('ed25519'),
    { ...ed25519, algorithm: identifier(oids.ed25519, der.nullValue) },
    'ALGORITHM_UNSUPPORTED',
  ],
]

for (const [title, keys, scheme, expected] of rows) {
  test(`${expected === 'valid' ? 'accepted' : 'refused'}: ${title}`, async (t) => {
    const made = { issuer: 'root', signer: keys, scheme }
    for (const verifySignature of [undefined, nodeCrypto.verifySignature]) {
      const report = await validatePath({
        target: certificate({ subject: 'leaf', ...made }),
        intermediates: [],
        anchors: [certificate({ subject: 'root', keys, ...made, extensions: [isCa(), caUsage] })],
        crls: [],
        at,
        revocation: 'none',
        ...(verifySignature && { verifySignature }),
      })
      t.is(report.valid ? 'valid' : report.findings[0]?.code, expected)
    }
  })
}

test('an RSA key of exponent 1, under which everybody can sign, verifies nothing', async (t) => {
  // The signature of exponent 1 is the padded hash itself: whoever reads the standard can write it.
  const modulus = key2048.publicKey.export({ format: 'jwk' }).n ?? ''
  const bits = der.sequence(der.integer(Buffer.from(modulus, 'base64url')), der.integer(1))
  const publicKey = der.sequence(identifier(oids.rsaEncryption, der.nullValue), der.bitString(bits))
  const data = new TextEncoder().encode('anything')
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
  const info = der.sequence(sha256, der.octetString(digest))
  const padding = new Uint8Array(256 - info.length - 3).fill(255)
  const signature = Uint8Array.from([0, 1, ...padding, 0, ...info])
  const check = {
    scheme: { kind: 'rsa-pkcs1', hash: 'SHA-256' },
    publicKey,
    data,
    signature,
  } as const
  t.false(await nodeCrypto.verifySignature(check))
})
