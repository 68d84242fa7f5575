/** Verifying a certificate that stands alone: what is wrong with its chain is said for what it is. */
import test from 'ava'
import * as der from '../../../ca/der/write.ts'
import { nodeCrypto } from '../../../ca/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import {
  at,
  certificate,
  ecdsa256,
  leaf,
  root,
  type CertificateShape,
} from '../../ca/path/forge.ts'

const trust = [root('root')]
const judged = (bytes: Uint8Array) =>
  verifyFile({ name: 'one.crt', bytes, trust, at, ports: nodeCrypto })
const below = (shape: Partial<CertificateShape>) =>
  certificate({ subject: 'leaf', issuer: 'root', ...shape })

const sha1 = { ...ecdsa256, algorithm: der.sequence(der.objectIdentifier('1.2.840.10045.4.1')) }
const cases = {
  'no list and no answer': [leaf('root'), 'TRY_LATER', 'REVOCATION_UNKNOWN'],
  'a signature by an algorithm that is not accepted': [
    below({ scheme: sha1 }),
    'CRYPTO_CONSTRAINTS_FAILURE',
    'ALGORITHM_NOT_ACCEPTED',
  ],
  'an issuer that is not there': [
    certificate({ subject: 'leaf', issuer: 'nobody' }),
    'NO_CERTIFICATE_CHAIN_FOUND',
    'CHAIN_NOT_FOUND',
  ],
  'a certificate that ended': [
    below({ notAfter: der.time(new Date(at.getTime() - 1000)) }),
    'OUT_OF_BOUNDS_NO_POE',
    'CERTIFICATE_OUT_OF_TIME',
  ],
  'a certificate that RFC 5280 forbids': [
    below({ serial: der.integer(0) }),
    'CHAIN_CONSTRAINTS_FAILURE',
    'CHAIN_INVALID',
  ],
} as const

for (const [title, [bytes, subIndication, code]] of Object.entries(cases)) {
  test(`${title}: ${subIndication}`, async (t) => {
    const report = await judged(bytes)
    t.like(report, { verdict: 'INDETERMINATE', subIndication })
    const [signature] = report.signatures
    const codes = [...report.findings, ...(signature?.findings ?? [])].map((found) => found.code)
    t.true(codes.includes(code), codes.join())
  })
}
