/**
 * Renewal as it begins at the unit: new keys for what is to be renewed, and one statement a signing key that asks for its own (ADR 25).
 * The page and the command line are both this. WebCrypto, isomorphic.
 */
import { toBase64 } from '../../ca/path/index.ts'
import {
  journalProofFrom,
  lastHead,
  requestedCertificates,
  requestId,
  signOwnStatement,
  type HeadSource,
  type KnownBox,
  type OwnStatement,
  type RequestedCertificate,
  type SignerMemory,
  type UnitSigner,
} from '../../exchange/unit/index.ts'
import { ProvisioningError } from '../errors.ts'
import { makeUnitKey, type UnitKey } from './keys.ts'
import { makeRequest } from './request.ts'

/** A certificate that is to be renewed, as `GET /api/v1/renewals/own` lists it. */
export interface Renewable {
  readonly profile: string
  readonly seat: string | null
}

/** A new key for it, with the request that proves possession (PKCS#10, base64). */
export interface RenewalKey extends Renewable {
  readonly key: UnitKey
  readonly request: string
}

/** Makes a key for each. */
export function makeRenewalKeys(wanted: readonly Renewable[]): Promise<RenewalKey[]> {
  return Promise.all(
    wanted.map(async ({ profile, seat }) => {
      const key = await makeUnitKey()
      const request = toBase64(await makeRequest({ key, commonName: profile }))
      return { profile, seat, key, request }
    }),
  )
}

/** The post that keeps a unit's seal (`firstSeats`). */
const sealKeeper = 'clerk'

/** Whose signature asks for a certificate: its holder's, for the seal that of the seat which keeps it. */
function signerFor(
  { profile, seat }: Renewable,
  of: { readonly owner: string; readonly signers: readonly UnitSigner[] },
): UnitSigner {
  const isUnit = profile === 'unit-seal' || seat !== null
  const holder = isUnit ? `seat:${of.owner}/${seat ?? sealKeeper}` : `person:${of.owner}`
  const found = of.signers.find((signer) => signer.holder === holder)
  if (found !== undefined) return found
  throw new ProvisioningError(
    'RENEWAL_NOT_YOURS',
    `the present signing key of ${holder} is not here`,
    {
      details: { whose: holder },
    },
  )
}

/**
 * The statements that ask for these keys, one a signer; throws `RENEWAL_NOT_YOURS` where a signing key is not open here, and what the
 * witness throws. The caller keeps the memory before it lets them out.
 */
export async function signRenewal(
  keys: readonly (Renewable & { readonly publicKey: Uint8Array })[],
  parts: {
    /** Unified social credit code, or the identifier of a person. */
    readonly owner: string
    readonly signers: readonly UnitSigner[]
    readonly memory: SignerMemory
    readonly box: KnownBox
    readonly heads: HeadSource
    readonly now: Date
  },
): Promise<{ readonly signed: readonly OwnStatement[]; readonly memory: SignerMemory }> {
  const { owner, box, heads, now } = parts
  const request = requestId(keys)
  const shares = new Map<UnitSigner, RequestedCertificate[]>()
  for (const one of requestedCertificates(keys)) {
    const signer = signerFor(one, parts)
    shares.set(signer, [...(shares.get(signer) ?? []), one])
  }
  let { memory } = parts
  const signed: OwnStatement[] = []
  for (const [signer, certificates] of shares) {
    const journal = await journalProofFrom(heads, lastHead(memory, signer.holder))
    const unsigned = { type: 'sealbox.renewal', request, who: owner, certificates } as const
    const made = await signOwnStatement(unsigned, { signer, memory, box, journal, now })
    signed.push(made.signed)
    memory = made.memory
  }
  return { signed, memory }
}
