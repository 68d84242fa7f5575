/**
 * Renewing what a unit's folder holds, as `sealbox renew` does: new keys, wrapped under the same passphrase and unit secret and kept in
 * the folder before anything is sent; then certificates, and new files in place of the old ones. Whatever breaks on the way, the same
 * command goes on from there. I/O.
 */
import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { equal, fromBase64, systemRandom, toBase64, writeWhole } from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import {
  checkKeyFile,
  exportPkcs8,
  importUnitKey,
  openKeyFile,
  personSeat,
  readKeyFile,
  readUnitSecret,
  signersOf,
  wrapKeys,
  writeKeyFile,
  type Argon2Cost,
  type KeyFile,
  type OpenedKey,
  type Own,
  type UnitSigningKey,
} from '../../provisioning/index.ts'
import {
  makeRenewalKeys,
  signRenewal,
  writePkcs12,
  type Pkcs12Cost,
} from '../../provisioning/kit/index.ts'
import { ApplianceError } from '../errors.ts'
import { argon2id } from './argon2id.ts'
import { createBoxClient, type BoxClient } from './box_client.ts'
import { createFileMemory } from './memory.ts'
import { readEnrolment, unitPaths, type EnrolmentFile, type Secrets } from './unit_folder.ts'

export interface FolderRenewal {
  readonly directory: string
  readonly secrets: Secrets
  /** Also what is not due yet. */
  readonly early?: boolean
  /** How hard guessing the passphrase is made; the standard by default. */
  readonly cost?: { readonly p12: Pkcs12Cost; readonly keyFile: Argon2Cost }
  /** Talks to the box instead of a connection of its own; a test's. */
  readonly client?: BoxClient
}

/** What was renewed; empty if nothing is due. */
export interface RenewedFolder {
  readonly renewed: readonly { readonly profile: string; readonly seat: string | null }[]
}

/** A renewal on its way: what is asked for, and the new keys, wrapped. */
const pendingSchema = z.strictObject({
  requests: z.array(
    z.strictObject({
      profile: z.string(),
      seat: z.string().nullable(),
      request: z.base64(),
      publicKey: z.base64(),
    }),
  ),
  /** Signing keys as the box is to keep them. */
  keyFile: z.unknown(),
  /** Log-in keys, wrapped the same way; null if none is renewed. */
  loginFile: z.unknown(),
})
type Asked = z.infer<typeof pendingSchema>['requests'][number]
interface Pending {
  readonly requests: readonly Asked[]
  readonly keyFile: KeyFile
  readonly loginFile: KeyFile | null
}

const pendingPath = (directory: string): string => join(directory, 'renewal.json')

/** Throws what opening the keys, the box and the witness throw. */
export async function renewFolder(given: FolderRenewal): Promise<RenewedFolder> {
  const open = await openFolder(given)
  try {
    const pending = readPending(given.directory) ?? (await begin(open))
    if (pending === undefined) return { renewed: [] }
    const issued = await ask(open, pending)
    await take(open, pending, issued)
    return { renewed: pending.requests.map(({ profile, seat }) => ({ profile, seat })) }
  } finally {
    if (given.client === undefined) open.client.close()
  }
}

interface Open extends FolderRenewal {
  readonly enrolment: EnrolmentFile
  readonly keys: readonly OpenedKey[]
  readonly client: BoxClient
  readonly unitSecret: Uint8Array
}

async function openFolder(given: FolderRenewal): Promise<Open> {
  const { directory, secrets } = given
  const paths = unitPaths(directory)
  const enrolment = readEnrolment(directory)
  const unitSecret = readUnitSecret(secrets.unitSecret)
  const { passphrase } = secrets
  const file = readKeyFile(new Uint8Array(await readFile(paths.keys)))
  const keys = await openKeyFile(file, { passphrase, unitSecret, argon2id })
  const [seat] = Object.keys(enrolment.holders)
  if (seat === undefined) throw new ApplianceError('FILE_MISSING', 'no seat is in this folder')
  const identity = { pfx: new Uint8Array(await readFile(paths.p12(seat))), passphrase }
  const root = await readFile(paths.root, 'utf8')
  const client = given.client ?? createBoxClient({ url: enrolment.url, root, identity })
  return { ...given, enrolment, keys, client, unitSecret }
}

/** Makes the new keys and keeps them, wrapped; undefined if nothing is due. */
async function begin(open: Open): Promise<Pending | undefined> {
  const { client, enrolment, keys, early = false, directory } = open
  const { items } = await client.get<{ items: readonly Own[] }>('/api/v1/renewals/own')
  const here = new Set(Object.keys(enrolment.holders))
  const wanted = items
    .filter(({ seat }) => seat === null || here.has(seat))
    .filter(({ due }) => due !== 'ended' && (early || due !== null))
  if (wanted.length === 0) return undefined
  const made = await makeRenewalKeys(wanted)
  const fresh = await Promise.all(
    made.map(async (one) => ({ ...one, pkcs8: await exportPkcs8(one.key) })),
  )
  const signing = fresh.filter(({ profile }) => !profile.endsWith('-client')).map(asFileKey)
  const isRenewed = (key: UnitSigningKey): boolean => signing.some((one) => isSamePlace(one, key))
  const logins = fresh.filter(({ profile }) => profile.endsWith('-client')).map(asFileKey)
  const pending: Pending = {
    requests: made.map(({ profile, seat, request, key }) => ({
      ...{ profile, seat, request },
      publicKey: toBase64(key.spki),
    })),
    keyFile: await wrap(open, [...keys.filter((key) => !isRenewed(key)), ...signing]),
    loginFile: logins.length === 0 ? null : await wrap(open, logins),
  }
  // Kept before it is sent: the box may have taken what we are not told of.
  await writeWhole(pendingPath(directory), `${JSON.stringify(pending)}\n`, 0o600)
  return pending
}

function readPending(directory: string): Pending | undefined {
  const path = pendingPath(directory)
  if (!existsSync(path)) return undefined
  const { requests, keyFile, loginFile } = pendingSchema.parse(
    JSON.parse(readFileSync(path, 'utf8')),
  )
  return {
    requests,
    keyFile: checkKeyFile(keyFile),
    loginFile: loginFile === null ? null : checkKeyFile(loginFile),
  }
}

interface Issued {
  readonly certificates: readonly {
    readonly profile: string
    readonly seat?: string
    readonly certificate: string
  }[]
  readonly chain: readonly string[]
}

/** Signs for the new keys with the present ones, and asks. What the box refuses for good is not asked again. */
async function ask(open: Open, pending: Pending): Promise<Issued> {
  const { enrolment, keys, client, directory } = open
  const signers = await signersOf({ id: enrolment.who, name: enrolment.name }, keys)
  const box = { id: enrolment.box, journalCertificate: fromBase64(enrolment.journalCertificate) }
  const asked = pending.requests.map((one) => ({ ...one, publicKey: fromBase64(one.publicKey) }))
  const heads = {
    checkpoint: () => client.text('/api/v1/journal/checkpoint'),
    proof: async (first: number, second: number) => {
      const path = `/api/v1/journal/proof?first=${String(first)}&second=${String(second)}`
      return (await client.get<{ proof: readonly string[] }>(path)).proof
    },
  }
  const made: Awaited<ReturnType<typeof signRenewal>>['signed'][] = []
  await createFileMemory(directory).update(async (memory) => {
    const parts = { owner: enrolment.who, signers, memory, box, heads, now: new Date() }
    const answer = await signRenewal(asked, parts)
    made.push(answer.signed)
    return answer.memory
  })
  const body = {
    requests: pending.requests.map(({ profile, seat, request }) => ({
      ...{ profile, request },
      ...(seat !== null && { seat }),
    })),
    signed: made[0],
    keyFile: toBase64(writeKeyFile(pending.keyFile)),
  }
  try {
    return await client.act<Issued>('/api/v1/renewals/acts/renew', body)
  } catch (error) {
    const isFinal =
      error instanceof ApplianceError &&
      error.code === 'BOX_REFUSED' &&
      !['INTERNAL', 'TOO_MANY_REQUESTS', undefined].includes(error.details['code'] as string)
    if (isFinal) await rm(pendingPath(directory))
    throw error
  }
}

/** New files in place of the old ones, each whole; the renewal is on its way until all are there. */
async function take(open: Open, pending: Pending, issued: Issued): Promise<void> {
  const { directory, secrets, unitSecret, enrolment } = open
  const { passphrase } = secrets
  const opening = { passphrase, unitSecret, argon2id }
  const paths = unitPaths(directory)
  const certified = new Map(
    pending.requests.map((asked) => [asked.publicKey, certificateFor(issued, asked)]),
  )
  const chain = issued.chain.slice(0, -1).map(fromBase64)
  const logins = pending.loginFile === null ? [] : await openKeyFile(pending.loginFile, opening)
  for (const { seat = personSeat, pkcs8, publicKey } of logins) {
    const certificate = certified.get(toBase64(publicKey))
    if (certificate === undefined) throw new TypeError('a log-in without its certificate')
    const p12 = await writePkcs12({
      ...{ key: await importUnitKey(pkcs8), certificate, chain, passphrase },
      friendlyName: `${enrolment.name} ${seat === personSeat ? '' : seat}`.trim(),
      random: systemRandom,
      ...(open.cost && { cost: open.cost.p12 }),
    })
    await writeWhole(paths.p12(seat), p12, 0o600)
  }
  const keys = await openKeyFile(pending.keyFile, opening)
  const whole = keys.map(({ publicKey, ...key }) => {
    const certificate = certified.get(toBase64(publicKey)) ?? key.certificate
    return { ...key, ...(certificate && { certificate }) }
  })
  await writeWhole(paths.keys, writeKeyFile(await wrap(open, whole)), 0o600)
  await rm(pendingPath(directory))
}

/** The certificate of the very key that was made here. */
function certificateFor(issued: Issued, { profile, seat, publicKey }: Asked): Uint8Array {
  const found = issued.certificates.find(
    (one) => one.profile === profile && (one.seat ?? null) === seat,
  )
  const der = found && fromBase64(found.certificate)
  if (der !== undefined && equal(readCertificate(der).publicKey, fromBase64(publicKey))) return der
  throw new ApplianceError('BOX_REFUSED', 'the box gave certificates of other keys than were made')
}

function wrap(open: Open, keys: readonly UnitSigningKey[]): Promise<KeyFile> {
  const { enrolment, secrets, unitSecret, cost } = open
  return wrapKeys({
    owner: { id: enrolment.who, name: enrolment.name },
    ...{ keys, passphrase: secrets.passphrase, unitSecret, argon2id, random: systemRandom },
    ...(cost && { cost: cost.keyFile }),
  })
}

/** Log-in keys stand in a file of their own as a seat's: the format knows no other use. */
function asFileKey(one: {
  readonly profile: string
  readonly seat: string | null
  readonly pkcs8: Uint8Array
}): UnitSigningKey {
  const { profile, seat, pkcs8 } = one
  if (profile === 'unit-seal') return { use: 'unit-seal', pkcs8 }
  return { use: 'seat-signing', seat: seat ?? personSeat, pkcs8 }
}

function isSamePlace(a: UnitSigningKey, b: UnitSigningKey): boolean {
  return a.use === b.use && (a.use === 'unit-seal' || a.seat === b.seat)
}
