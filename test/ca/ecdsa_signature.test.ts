/** ECDSA signatures in their two forms, against node:crypto, which knows both. */
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import test from 'ava'
import { derEcdsaSignature, toHex } from '../../ca/path/index.ts'

test('r and s side by side become a DER signature that verifies', (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // Enough to meet leading zeros and set first bits.
  for (let at = 0; at < 600; at++) {
    const bytes = Buffer.from(String(at))
    const raw = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    t.true(verify('sha256', bytes, publicKey, derEcdsaSignature(raw)))
  }
})

test('integers are written as DER wants them: no zeros before, one before a set first bit', (t) => {
  const raw = new Uint8Array(64)
  raw[31] = 0x7f
  raw[63] = 0x80
  t.is(toHex(derEcdsaSignature(raw)), '300702017f02020080')
})

test('what cannot be two numbers of one length is refused', (t) => {
  t.throws(() => derEcdsaSignature(new Uint8Array(63)), { instanceOf: RangeError })
  t.throws(() => derEcdsaSignature(new Uint8Array()), { instanceOf: RangeError })
})
