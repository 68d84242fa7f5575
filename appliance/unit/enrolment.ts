/**
 * Enrolling at the unit: keys are made here, requests prove possession of them, the one-time code redeems certificates, and
 * only public keys leave. What is kept, and how, is the caller's (a folder, or the demo's memory).
 */
import { KeyObject } from 'node:crypto'
import { fromBase64, toBase64 } from '../../ca/index.ts'
import { firstSeats } from '../../exchange/index.ts'
import {
  makeRequest,
  makeUnitKey,
  personSeat,
  type UnitKey,
  type UnitSigningKey,
} from '../../provisioning/index.ts'
import { ApplianceError } from '../errors.ts'
import type { BoxClient } from './box_client.ts'

/** A key made here with the certificate that the box gave it. */
export interface EnrolledKey {
  readonly profile: string
  /** `clerk`, `leader`; a person's keys have none. */
  readonly seat?: string
  readonly key: UnitKey
  readonly privateKey: KeyObject
  /** DER. */
  readonly certificate: Uint8Array
}

export interface Enrolled {
  readonly keys: readonly EnrolledKey[]
  /** Issuing authority, then root, DER. */
  readonly chain: readonly Uint8Array[]
}

type Wanted = Pick<EnrolledKey, 'profile' | 'seat'>

/** The certificates of a unit. */
export const unitCertificates: readonly Wanted[] = [
  ...Object.keys(firstSeats).flatMap((seat) => [
    { profile: 'seat-client', seat },
    { profile: 'seat-signing', seat },
  ]),
  { profile: 'unit-seal' },
]

/** The certificates of an administrator. */
export const personCertificates = (role: string): readonly Wanted[] => [
  { profile: `${role}-client` },
  { profile: `${role}-signing` },
]

interface Redeemed {
  readonly certificates: readonly (Wanted & { readonly certificate: string })[]
  readonly chain: readonly string[]
}

/** How a signing key stands in the key file. */
export function signingKeyOf(made: {
  readonly profile: string
  readonly seat?: string
  readonly key: UnitKey
  readonly certificate?: Uint8Array
}): UnitSigningKey {
  const { profile, seat, key, certificate } = made
  const exported = KeyObject.from(key.privateKey).export({ format: 'der', type: 'pkcs8' })
  const facts = { pkcs8: new Uint8Array(exported), ...(certificate && { certificate }) }
  return profile === 'unit-seal'
    ? { use: 'unit-seal', ...facts }
    : { use: 'seat-signing', seat: seat ?? personSeat, ...facts }
}

/**
 * Makes the keys and redeems the code; `keyFile` wraps the signing keys for the box to keep. Throws what the box answers.
 */
export async function enrol(
  client: BoxClient,
  options: {
    readonly code: string
    readonly wanted: readonly Wanted[]
    readonly keyFile?: ((keys: readonly UnitSigningKey[]) => Promise<Uint8Array>) | undefined
  },
): Promise<Enrolled> {
  const { code, wanted, keyFile } = options
  const made = await Promise.all(
    wanted.map(async (one) => {
      const key = await makeUnitKey()
      return { one, key, request: await makeRequest({ key, commonName: one.profile }) }
    }),
  )
  const signing = made.filter(({ one }) => !one.profile.endsWith('-client'))
  const file = await keyFile?.(signing.map(({ one, key }) => signingKeyOf({ ...one, key })))
  const redeemed = await redeem(client, {
    code,
    ...(file && { keyFile: toBase64(file) }),
    requests: made.map(({ one, request }) => ({ ...one, request: toBase64(request) })),
  })
  const keys = made.map(({ one, key }): EnrolledKey => {
    const issued = redeemed.certificates.find(
      ({ profile, seat }) => profile === one.profile && seat === one.seat,
    )
    if (issued === undefined) throw new TypeError(`no certificate for ${one.profile}`)
    const certificate = fromBase64(issued.certificate)
    return { ...one, key, privateKey: KeyObject.from(key.privateKey), certificate }
  })
  return { keys, chain: redeemed.chain.map(fromBase64) }
}

const redeemTries = 3

/** A line that breaks while the answer is on its way costs nothing: the box answers the same keys again. */
async function redeem(client: BoxClient, body: object): Promise<Redeemed> {
  for (let tried = 1; ; tried++) {
    try {
      return await client.act<Redeemed>('/api/v1/requests/acts/redeem', body)
    } catch (error) {
      const broken = error instanceof ApplianceError && error.code === 'BOX_UNREACHABLE'
      if (!broken || tried === redeemTries) throw error
    }
  }
}
