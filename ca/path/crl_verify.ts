/**
 * What a CRL says of one certificate when its issuer is already judged: for evidence kept in a sealed file, where the caller
 * weighs times. The list must be complete, signed by that issuer itself and cover the certificate and all reasons (RFC 5280 6.3.3).
 */
import { CaError } from '../errors.ts'
import { createSignatureBudget } from './budget.ts'
import type { Certificate } from './certificate.ts'
import { readCrl, type Crl } from './crl.ts'
import { checkRevocation, maySignCrls, type RevocationStatus } from './revocation.ts'
import type { CryptoPorts } from './signatures.ts'
import { createWork } from './work.ts'

const maxSteps = 1000

export interface CrlVerdict {
  readonly status: RevocationStatus
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
}

/** Reads and asks one list; undefined if it is malformed, or says nothing about the certificate. */
export async function verifyCrl(options: {
  /** DER CRL. */
  readonly crl: Uint8Array
  readonly certificate: Certificate
  readonly issuer: Certificate
  readonly ports?: CryptoPorts | undefined
}): Promise<CrlVerdict | undefined> {
  const { certificate, issuer } = options
  const crl = readOrNothing(options.crl)
  if (!crl) return undefined
  const budget = createSignatureBudget({
    max: 1,
    verifySignature: options.ports?.verifySignature,
  })
  const status = await checkRevocation({
    certificate,
    crls: [crl],
    at: crl.thisUpdate,
    work: createWork(maxSteps),
    isAuthentic: async (list) => maySignCrls(issuer) && budget.verify(list, issuer.publicKey),
  })
  if (status.status === 'undetermined') return undefined
  return { status, thisUpdate: crl.thisUpdate, nextUpdate: crl.nextUpdate }
}

// The same list is asked about every certificate of a path: it is read once as long as its bytes live.
const readAlready = new WeakMap<Uint8Array, Crl | null>()

function readOrNothing(bytes: Uint8Array): Crl | undefined {
  const known = readAlready.get(bytes)
  if (known !== undefined) return known ?? undefined
  try {
    const crl = readCrl(bytes)
    readAlready.set(bytes, crl)
    return crl
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    readAlready.set(bytes, null)
    return undefined
  }
}
