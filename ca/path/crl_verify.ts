/**
 * What a CRL says of one certificate when its issuer is already judged: for evidence kept in a sealed file, where the caller
 * weighs times. The list must be complete, signed by that issuer itself and cover the certificate and all reasons (RFC 5280 6.3.3).
 */
import { CaError } from '../errors.ts'
import { createSignatureBudget } from './budget.ts'
import type { Certificate } from './certificate.ts'
import { readCrl, type Crl } from './crl.ts'
import { checkRevocation, maySignCrls, type RevocationStatus } from './revocation.ts'
import type { PathPorts } from './pieces.ts'
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
  readonly ports?: PathPorts | undefined
}): Promise<CrlVerdict | undefined> {
  const { certificate, issuer } = options
  const crl = readOrNothing(options.crl, options.ports)
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

function readOrNothing(bytes: Uint8Array, ports: PathPorts = {}): Crl | undefined {
  try {
    return ports.pieces ? ports.pieces.crl(bytes) : readCrl(bytes)
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}
