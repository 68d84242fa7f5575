/**
 * Enrolling at the unit: keys are made here, requests prove possession of them, the one-time code redeems certificates once an
 * officer approved, and only public keys leave. What is kept, and how, is the caller's (a folder, or the demo's memory).
 */
import { KeyObject } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { fromBase64, toBase64, type Sha256 } from '../../ca/index.ts'
import { firstSeats } from '../../exchange/index.ts'
import {
  makeUnitKey,
  personSeat,
  requestId,
  type UnitKey,
  type UnitSigningKey,
} from '../../provisioning/index.ts'
import { makeRequest } from '../../provisioning/kit/index.ts'
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
  /** Statements of compromise that the box knew of. */
  readonly compromises: readonly { readonly name: string; readonly bytes: Uint8Array }[]
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
  readonly compromises: readonly { readonly name: string; readonly file: string }[]
}

interface StillWaiting {
  readonly state: 'waiting'
  readonly request: string
  readonly expires: string
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

/** What is waited for; its words are for the officer, who compares them with what the box shows. */
export interface Waiting {
  /** The name of the request, computed here from the keys made here. */
  readonly request: Sha256
  /** Until when an officer may approve, RFC 3339. */
  readonly expires: string
}

/**
 * Makes the keys, redeems the code, and waits for an officer's approval where one is needed; `keyFile` wraps the signing keys for
 * the box to keep, `onWaiting` is told once that it waits. Throws what the box answers.
 */
export async function enrol(
  client: BoxClient,
  options: {
    readonly code: string
    readonly wanted: readonly Wanted[]
    readonly keyFile?: ((keys: readonly UnitSigningKey[]) => Promise<Uint8Array>) | undefined
    readonly onWaiting?: ((waiting: Waiting) => void | Promise<void>) | undefined
  },
): Promise<Enrolled> {
  const { code, wanted, keyFile, onWaiting } = options
  const made = await Promise.all(
    wanted.map(async (one) => {
      const key = await makeUnitKey()
      return { one, key, request: await makeRequest({ key, commonName: one.profile }) }
    }),
  )
  const signing = made.filter(({ one }) => !one.profile.endsWith('-client'))
  const file = await keyFile?.(signing.map(({ one, key }) => signingKeyOf({ ...one, key })))
  const asked = made.map(({ one: { profile, seat }, key }) => ({
    profile,
    seat: seat ?? null,
    publicKey: key.spki,
  }))
  const body = {
    code,
    ...(file && { keyFile: toBase64(file) }),
    requests: made.map(({ one, request }) => ({ ...one, request: toBase64(request) })),
  }
  const redeemed = await redeem(client, { body, request: requestId(asked), onWaiting })
  const keys = made.map(({ one, key }): EnrolledKey => {
    const issued = redeemed.certificates.find(
      ({ profile, seat }) => profile === one.profile && seat === one.seat,
    )
    if (issued === undefined) throw new TypeError(`no certificate for ${one.profile}`)
    const certificate = fromBase64(issued.certificate)
    return { ...one, key, privateKey: KeyObject.from(key.privateKey), certificate }
  })
  return {
    keys,
    chain: redeemed.chain.map(fromBase64),
    compromises: redeemed.compromises.map(({ name, file }) => ({ name, bytes: fromBase64(file) })),
  }
}

/** How often it is asked whether an officer has approved. */
const pollMs = 2000
/** A line that breaks before the request is known to wait. */
const redeemTries = 3
/** A box may be restarted while a request waits; it is asked again this often before that is called a failure. */
const waitingTries = 300

interface Redeeming {
  readonly body: object
  readonly request: Sha256
  readonly onWaiting: ((waiting: Waiting) => void | Promise<void>) | undefined
}

/** Asks until the certificates are there. A lost answer costs nothing: the box answers the same keys again. */
async function redeem(client: BoxClient, asking: Redeeming): Promise<Redeemed> {
  const first = await ask(client, asking, redeemTries)
  if ('certificates' in first) return first
  await asking.onWaiting?.({ request: asking.request, expires: first.expires })
  for (;;) {
    const answer = await ask(client, asking, waitingTries)
    if ('certificates' in answer) return answer
    await pause(pollMs)
  }
}

/** What the box answers, once it answers. */
async function ask(
  client: BoxClient,
  { body, request }: Redeeming,
  tries: number,
): Promise<Redeemed | StillWaiting> {
  for (let tried = 1; ; tried++) {
    try {
      const answer = await client.act<Redeemed | StillWaiting>('/api/v1/requests/acts/redeem', body)
      if ('certificates' in answer || answer.request === request) return answer
      throw new ApplianceError('BOX_REFUSED', 'the box names other keys than were made here')
    } catch (error) {
      const broken = error instanceof ApplianceError && error.code === 'BOX_UNREACHABLE'
      if (!broken || tried === tries) throw error
      if (tries === waitingTries) await pause(pollMs)
    }
  }
}
