/**
 * Making what is asked for: keys, requests that prove possession of them, and the two wrapped files. The keys of seats and seal go
 * to the box wrapped; those to log in by stay wrapped in this browser until they are saved as PKCS#12.
 */
import { fromBase64, toBase64, type Sha256 } from '../../../ca/path/index.ts'
import {
  exportPkcs8,
  makeRequest,
  makeUnitKey,
  personSeat,
  requestId,
  wrapKeys,
  type UnitKey,
  type UnitSigningKey,
} from '../../../provisioning/kit/index.ts'
import { argon2id } from '../argon2id.ts'
import { browserRandom } from '../random.ts'
import type { Pending, PendingRequest } from './pending.ts'

/** A certificate that a code stands for. */
export interface Wanted {
  readonly profile: string
  readonly seat?: string
}

/** A key made here, with what its certificate is to be. */
export interface MadeKey {
  readonly wanted: Wanted
  readonly key: UnitKey
}

/** The seats that every unit begins with. */
const firstSeats = ['clerk', 'leader'] as const

/** What a code for a unit, or for a person of this role, redeems. */
export function wantedFor(role: string | undefined): readonly Wanted[] {
  if (role !== undefined) return [{ profile: `${role}-client` }, { profile: `${role}-signing` }]
  return [
    ...firstSeats.flatMap((seat) => [
      { profile: 'seat-client', seat },
      { profile: 'seat-signing', seat },
    ]),
    { profile: 'unit-seal' },
  ]
}

export const isLogin = ({ profile }: Wanted): boolean => profile.endsWith('-client')

export function makeKeys(wanted: readonly Wanted[]): Promise<MadeKey[]> {
  return Promise.all(wanted.map(async (one) => ({ wanted: one, key: await makeUnitKey() })))
}

export function makeRequests(made: readonly MadeKey[]): Promise<PendingRequest[]> {
  return Promise.all(
    made.map(async ({ wanted, key }) => ({
      ...wanted,
      request: toBase64(await makeRequest({ key, commonName: wanted.profile })),
      publicKey: toBase64(key.spki),
    })),
  )
}

/** Wraps signing and log-in keys, each into a file of its own. */
export async function wrapMade(
  made: readonly MadeKey[],
  options: {
    readonly owner: { readonly id: string; readonly name: string }
    readonly passphrase: string
    readonly unitSecret: Uint8Array
  },
): Promise<Pick<Pending, 'keyFile' | 'loginFile'>> {
  const wrap = async (chosen: readonly MadeKey[]) =>
    wrapKeys({
      ...options,
      keys: await Promise.all(chosen.map(asFileKey)),
      argon2id,
      random: browserRandom,
    })
  return {
    keyFile: await wrap(made.filter(({ wanted }) => !isLogin(wanted))),
    loginFile: await wrap(made.filter(({ wanted }) => isLogin(wanted))),
  }
}

/** The name of what is asked for, by which officer and unit compare. */
export function nameOfRequests(requests: readonly PendingRequest[]): Sha256 {
  return requestId(
    requests.map(({ profile, seat, publicKey }) => ({
      profile,
      seat: seat ?? null,
      publicKey: fromBase64(publicKey),
    })),
  )
}

/** Log-in keys stand in their file as a seat's too: the format knows no other use. */
async function asFileKey({ wanted, key }: MadeKey): Promise<UnitSigningKey> {
  const pkcs8 = await exportPkcs8(key)
  if (wanted.profile === 'unit-seal') return { use: 'unit-seal', pkcs8 }
  return { use: 'seat-signing', seat: wanted.seat ?? personSeat, pkcs8 }
}
