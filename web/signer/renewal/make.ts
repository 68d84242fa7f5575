/** Making a renewal in the page: new keys, wrapped under the same passphrase and unit secret, and what the present keys sign for them. */
import * as z from 'zod'
import { fromBase64, toBase64 } from '../../../ca/path/index.ts'
import type { HeadSource } from '../../../exchange/unit/index.ts'
import {
  exportPkcs8,
  makeRenewalKeys,
  openKeyFile,
  personSeat,
  readKeyFile,
  signersOf,
  signRenewal,
  withCertificates,
  wrapKeys,
  writeKeyFile,
  type KeyFile,
  type OpenedKey,
  type UnitSigningKey,
} from '../../../provisioning/kit/index.ts'
import type { Answered, Api } from '../api.ts'
import type { App } from '../app.ts'
import { argon2id } from '../argon2id.ts'
import { issuedShape, type Issued } from '../enrolment/pending.ts'
import type { Identity } from '../identity.ts'
import { rememberSigning } from '../memory.ts'
import { browserRandom } from '../random.ts'
import type { PendingRenewal } from './pending.ts'

const ownShape = z.object({
  items: z.array(
    z.object({
      profile: z.string(),
      seat: z.string().nullable(),
      certificate: z.string().max(16_384),
      notAfter: z.string(),
      due: z.union([z.literal(60), z.literal(30), z.literal(7), z.literal('ended')]).nullable(),
    }),
  ),
})
/** A certificate of one's own: what it is for, when it ends, and how soon that is. */
export type OwnRow = z.infer<typeof ownShape>['items'][number]

export async function ownCertificates(api: Api): Promise<Answered<readonly OwnRow[]>> {
  const found = await api.get('/api/v1/renewals/own', ownShape)
  return found.state === 'done' ? { ...found, value: found.value.items } : found
}

/** What opens the present key file. */
export interface Opening {
  readonly passphrase: string
  readonly unitSecret: Uint8Array
}

/** The keys of the file that the box keeps, each with its live certificate; throws `KEY_FILE_LOCKED` for another passphrase. */
export async function openPresent(
  file: Uint8Array,
  rows: readonly OwnRow[],
  by: Opening,
): Promise<OpenedKey[]> {
  const opened = await openKeyFile(readKeyFile(file), { ...by, argon2id })
  const live = rows.filter(({ due }) => due !== 'ended')
  return withCertificates(
    opened,
    live.map(({ certificate }) => fromBase64(certificate)),
  )
}

interface Making extends Opening {
  readonly app: App
  readonly api: Api
  readonly who: Identity
  readonly root: Uint8Array
  readonly present: readonly OpenedKey[]
  readonly wanted: readonly OwnRow[]
  /** Told before each part: 0 keys, 1 wrapping, 2 signing. */
  readonly at: (job: number) => Promise<void>
}

/** Everything that is handed in. Throws `RENEWAL_NOT_YOURS`, and what the witness throws. */
export async function makeRenewal(making: Making): Promise<PendingRenewal> {
  const { who, root, wanted, at } = making
  await at(0)
  const made = await makeRenewalKeys(wanted)
  await at(1)
  const fresh = await Promise.all(
    made.map(async (one) => ({ ...one, pkcs8: await exportPkcs8(one.key) })),
  )
  const files = await wrapAll(making, fresh)
  await at(2)
  const asked = made.map(({ key, ...rest }) => ({ ...rest, publicKey: key.spki }))
  const signed = await signAll(making, asked)
  return {
    v: 1,
    name: who.name,
    ...(who.role !== undefined && { role: who.role }),
    box: { id: who.box.id, journalCertificate: toBase64(who.box.journalCertificate) },
    root: toBase64(root),
    requests: asked.map(({ profile, seat, request, publicKey }) => ({
      ...{ profile, request, publicKey: toBase64(publicKey) },
      ...(seat !== null && { seat }),
    })),
    signed: [...signed],
    ...files,
    taken: [],
  }
}

interface Fresh {
  readonly profile: string
  readonly seat: string | null
  readonly pkcs8: Uint8Array
}

/** The file that the box keeps from now on has the new keys and those that are not renewed; log-ins stand in one of their own. */
async function wrapAll(
  { present, who, passphrase, unitSecret }: Making,
  fresh: readonly Fresh[],
): Promise<Pick<PendingRenewal, 'keyFile' | 'loginFile'>> {
  const signing = fresh.filter(({ profile }) => !profile.endsWith('-client')).map(asFileKey)
  const logins = fresh.filter(({ profile }) => profile.endsWith('-client')).map(asFileKey)
  const kept = present.filter((key) => !signing.some((one) => isSamePlace(one, key)))
  const wrap = (keys: readonly UnitSigningKey[]): Promise<KeyFile> =>
    wrapKeys({
      owner: { id: who.owner, name: who.name },
      ...{ keys, passphrase, unitSecret, argon2id, random: browserRandom },
    })
  return {
    keyFile: await wrap([...kept, ...signing]),
    loginFile: logins.length === 0 ? null : await wrap(logins),
  }
}

async function signAll(
  { app, api, who, present }: Making,
  keys: Parameters<typeof signRenewal>[0],
): Promise<readonly unknown[]> {
  const signers = await signersOf({ id: who.owner, name: who.name }, present)
  const made = await rememberSigning(app.store, who.box.id, (memory) =>
    signRenewal(keys, {
      ...{ owner: who.owner, signers, memory, box: who.box, now: new Date() },
      heads: headsOf(api),
    }),
  )
  return made.signed
}

const proofShape = z.object({ proof: z.array(z.string()) })

function headsOf(api: Api): HeadSource {
  const must = <T>(answer: Answered<T>): T => {
    if (answer.state === 'done') return answer.value
    throw new Error('the head of the journal could not be fetched')
  }
  return {
    checkpoint: async () =>
      new TextDecoder().decode(must(await api.bytes('/api/v1/journal/checkpoint'))),
    proof: async (first, second) => {
      const path = `/api/v1/journal/proof?first=${String(first)}&second=${String(second)}`
      return must(await api.get(path, proofShape)).proof
    },
  }
}

/** Hands it in; the same again is the same renewal. */
export function handIn(
  api: Api,
  { requests, signed, keyFile }: PendingRenewal,
): Promise<Answered<Issued>> {
  return api.post('/api/v1/renewals/acts/renew', {
    body: {
      requests: requests.map(({ profile, seat, request }) => ({
        ...{ profile, request },
        ...(seat !== undefined && { seat }),
      })),
      signed,
      keyFile: toBase64(writeKeyFile(keyFile)),
    },
    shape: issuedShape,
  })
}

/** Log-in keys stand in a file of their own as a seat's: the format knows no other use. */
function asFileKey({ profile, seat, pkcs8 }: Fresh): UnitSigningKey {
  if (profile === 'unit-seal') return { use: 'unit-seal', pkcs8 }
  return { use: 'seat-signing', seat: seat ?? personSeat, pkcs8 }
}

function isSamePlace(a: UnitSigningKey, b: UnitSigningKey): boolean {
  return a.use === b.use && (a.use === 'unit-seal' || a.seat === b.seat)
}
