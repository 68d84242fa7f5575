/** @libpdf/core, the other program that seals: what existing signatures of strangers look like, and the rival in the bench. */
import { PDF, type Signer as LibpdfSigner } from '@libpdf/core'
import type { Signer } from '../../../ca/index.ts'
import type { TestPki } from './pki.ts'

/** A key behind libpdf's port; PKCS#1 for RSA. */
export function libpdfSigner(unit: Signer, chain: readonly Uint8Array[]): LibpdfSigner {
  const isRsa = unit.algorithm.startsWith('rsa')
  return {
    certificate: unit.certificate,
    certificateChain: [...chain],
    keyType: isRsa ? 'RSA' : 'EC',
    signatureAlgorithm: isRsa ? 'RSASSA-PKCS1-v1_5' : 'ECDSA',
    sign: (data) => unit.sign(data),
  }
}

/** Seals a file by libpdf, without a mark; `ocsp` is an answer about the unit's certificate. */
export async function sealByLibpdf(options: {
  readonly pdf: Uint8Array
  readonly pki: TestPki
  readonly unit: Signer
  readonly level: 'B-B' | 'B-T' | 'B-LTA'
  readonly fieldName: string
  readonly crl?: Uint8Array
  readonly ocsp?: Uint8Array
}): Promise<Uint8Array> {
  const { pdf, pki, unit, level, fieldName, crl, ocsp } = options
  const document = await PDF.load(pdf)
  const { bytes } = await document.sign({
    ...{ level, fieldName },
    signer: libpdfSigner(unit, [pki.root]),
    timestampAuthority: {
      timestamp: (digest) => pki.stamp(digest).then((token) => token ?? digest),
    },
    revocationProvider: {
      getCRL: () => Promise.resolve(crl ?? null),
      getOCSP: () => Promise.resolve(ocsp ?? null),
    },
  })
  return bytes
}
