/**
 * The box's own keys and their generations: which key and certificate serve a role now, and which did before. The certificate itself
 * stands in `certificate.issued` of the same commit. Pure, but for reading the views it is given.
 */
import { fromBase64, sha256Hex } from '../bytes.ts'
import { keys, type CertificateRecord } from '../authority/keyspace.ts'
import { CaError } from '../errors.ts'
import type { Actor, EntryDraft, Fold, JsonObject, Views } from '../journal/types.ts'

/** What a key of the box is for. */
export const boxKeyNames = ['root', 'issuing', 'tls', 'timestamping', 'ocsp', 'journal'] as const
export type BoxKeyName = (typeof boxKeyNames)[number]

/** Digits of a generation in keys of views: more roll-overs than any box will live to see. */
const generationDigits = 6

/** One key of a role, with its certificate. */
export interface ServiceGeneration {
  readonly role: BoxKeyName
  /** Counted from 1. */
  readonly generation: number
  /** Name in the key folder: `ROLE` for generation 1, then `ROLE-2`, `ROLE-3` … */
  readonly key: string
  /** DER. */
  readonly certificate: Uint8Array
  readonly activatedAt: Date
}

/** Generations by role, oldest first, the current one last. */
export type Services = Readonly<Record<BoxKeyName, readonly ServiceGeneration[]>>

/** Data of `service.activated`. */
export interface ServiceActivated extends JsonObject {
  readonly role: BoxKeyName
  readonly generation: number
  readonly key: string
  /** SHA-256. */
  readonly certificate: string
}

/** Name of a generation's key, and of its URLs. */
export function serviceKeyName(role: BoxKeyName, generation: number): string {
  return generation === 1 ? role : `${role}-${String(generation)}`
}

/** `service.activated`: from this entry on, this key serves the role. In the same commit as its `certificate.issued`, or after it. */
export function serviceActivatedEntry(options: {
  readonly role: BoxKeyName
  readonly generation: number
  /** DER. */
  readonly certificate: Uint8Array
  readonly actor: Actor
}): EntryDraft {
  const { role, generation, actor } = options
  const key = serviceKeyName(role, generation)
  const certificate = sha256Hex(options.certificate)
  return {
    type: 'service.activated',
    actor,
    subject: `service:${key}`,
    data: { role, generation, key, certificate } satisfies ServiceActivated,
  }
}

/** Prefix of all generations of a role. */
const rolePrefix = (role: BoxKeyName): string => `ca/service/${role}/`

/** Key of the view of one generation; what a roll-over expects to be absent. */
export function serviceViewKey(role: BoxKeyName, generation: number): string {
  return `${rolePrefix(role)}${String(generation).padStart(generationDigits, '0')}`
}

/** Value of the view: the entry's data, and its time. */
interface ServiceRecord extends ServiceActivated {
  readonly activatedAt: string
}

export const serviceActivated: Fold = {
  type: 'service.activated',
  reads: () => [],
  apply(entry) {
    const data = entry.data as ServiceActivated
    const value: ServiceRecord = { ...data, activatedAt: entry.time }
    return [{ key: serviceViewKey(data.role, data.generation), value }]
  },
}

/** All generations of all roles; a role that was never activated has none. Throws `CA_CERTIFICATE_UNKNOWN`. */
export async function readServices(views: Views): Promise<Services> {
  return {
    root: await generationsOf(views, 'root'),
    issuing: await generationsOf(views, 'issuing'),
    tls: await generationsOf(views, 'tls'),
    timestamping: await generationsOf(views, 'timestamping'),
    ocsp: await generationsOf(views, 'ocsp'),
    journal: await generationsOf(views, 'journal'),
  }
}

/** The generation that serves a role now. Throws `CA_CERTIFICATE_UNKNOWN` where there is none. */
export function currentService(services: Services, role: BoxKeyName): ServiceGeneration {
  const current = services[role].at(-1)
  if (!current) throw unknown(role)
  return current
}

async function generationsOf(views: Views, role: BoxKeyName): Promise<ServiceGeneration[]> {
  const records: ServiceRecord[] = []
  for await (const { value } of views.scan(rolePrefix(role))) records.push(value as ServiceRecord)
  const found = await views.getMany(records.map((one) => keys.certificate(one.certificate)))
  return records.map((record, at) => {
    const issued = found[at]?.value as CertificateRecord | undefined
    if (!issued) throw unknown(role)
    const { generation, key, activatedAt } = record
    return {
      ...{ role, generation, key },
      certificate: fromBase64(issued.certificate),
      activatedAt: new Date(activatedAt),
    }
  })
}

function unknown(role: BoxKeyName): CaError {
  return new CaError('CA_CERTIFICATE_UNKNOWN', `the box has no certificate for ${role}`, {
    details: { role },
  })
}
