/**
 * Sealing (用印) in two steps: the box prepares the PDF and says what is to be signed, the unit signs it with its seal key,
 * the box adds what it vouches for (PAdES B-LTA). Preparing is a pure function of document, certificate and time, so the
 * box keeps nothing between the steps.
 */
import { sha256Hex, suiteOf, verifySignature, type Sha256 } from '../../ca/index.ts'
import { can, unitOf } from '../access.ts'
import { holders, type Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import {
  openSource,
  prepareSeal,
  sealToBaselineLta,
  type BaselineResult,
  type PreparedSeal,
  type ReservedSeal,
  type SealableFile,
} from '../seal/index.ts'
import { commitAct, loadFor, requireDuty, requireStage, requireVersion } from './acts.ts'
import type { ActRequest } from './acts.ts'
import { stampFact, type StampFact } from '../statement/stamp_fact.ts'
import { evidenceFor } from './evidence.ts'
import type { OfficeParts } from './parts.ts'
import type { Numbered } from './types.ts'

export interface SealRequestInput {
  readonly actor: Principal
  /** SHA-256 of the unit's seal certificate. */
  readonly certificate: Sha256
  /** Time of sealing that the signature dictionary will show; now if absent. */
  readonly at?: Date
}

/** What the unit needs to see and sign. */
export interface SealRequest {
  readonly at: Date
  /** SHA-256 of the file before this seal: what the person looks at. */
  readonly file: Sha256
  readonly version: number
  /** The prepared PDF; the unit takes its digest around the /Contents itself and signs the attributes over it. */
  readonly pdf: Uint8Array
  /** So many bytes of it are the file before this seal. */
  readonly baseBytes: number
  readonly contentsAt: number
  readonly contentsBytes: number
}

export interface SealInput extends ActRequest {
  readonly certificate: Sha256
  /** As the seal request said. */
  readonly at: Date
  readonly signature: Uint8Array
}

/** A seal request may be answered this long. */
export const sealRequestSeconds = 600

/** Prepares the actor's unit's seal; throws `CERTIFICATE_NOT_LIVE`, `STAGE_WRONG`, `NOT_PERMITTED`, `ALREADY_DONE`. */
export async function sealRequest(
  parts: OfficeParts,
  id: string,
  input: SealRequestInput,
): Promise<SealRequest> {
  const at = input.at ?? parts.clock.now()
  const { document, version } = await loadFor(parts.journal.views, input.actor, id)
  const { prepared, numbered, baseBytes } = await prepareFor(
    parts,
    requireStage(document, 'numbered'),
    {
      ...input,
      at,
    },
  )
  const { pdf, contentsAt, contentsBytes } = prepared
  return { at, file: numbered.file, version, pdf, baseBytes, contentsAt, contentsBytes }
}

/** Puts the unit's signature in and completes the file; the last issuer's seal makes the document `sealed`. */
export async function seal(parts: OfficeParts, id: string, input: SealInput): Promise<string> {
  const { journal } = parts
  const type = 'document.sealed'
  const { document, version } = await loadFor(journal.views, input.actor, id)
  requireDuty(can(input.actor, 'seal', document.issuers), 'seal')
  requireVersion(input.ifVersion, version)
  requireFresh(input.at, parts.clock.now())
  const { prepared, numbered, live, unit } = await prepareFor(
    parts,
    requireStage(document, 'numbered'),
    input,
  )
  const { certificate } = live
  if (!verifySignature({ certificate, bytes: prepared.attributes, signature: input.signature })) {
    throw new ExchangeError('SIGNATURE_INVALID', 'the signature does not fit the seal request')
  }
  const { pdf, level, stamps } = await complete(parts, certificate, {
    prepared,
    signature: input.signature,
  })
  const file = await parts.blobs.put(pdf)
  await commitAct(journal, {
    type,
    request: input,
    id,
    files: [file],
    stamps,
    data: {
      id,
      seal: { unit, at: input.at.toISOString(), certificate: sha256Hex(certificate), level },
      file,
      last: numbered.seals.length + 1 === numbered.issuers.length,
    },
    expect: [{ key: keys.document(id), version }],
  })
  return id
}

type Live = NonNullable<Awaited<ReturnType<OfficeParts['authority']['liveCertificate']>>>

interface Prepared {
  readonly prepared: PreparedSeal
  readonly baseBytes: number
  readonly numbered: Numbered
  readonly live: Live
  readonly unit: string
}

async function prepareFor(
  parts: OfficeParts,
  numbered: Numbered,
  input: { readonly actor: Principal; readonly certificate: Sha256; readonly at: Date },
): Promise<Prepared> {
  const { actor } = input
  requireDuty(can(actor, 'seal', numbered.issuers), 'seal')
  const unit = unitOf(actor)
  if (numbered.seals.some((seal) => seal.unit === unit)) {
    throw new ExchangeError('ALREADY_DONE', 'this unit has sealed it already')
  }
  const live = await parts.authority.liveCertificate(input.certificate, parts.clock.now())
  if (live?.holder !== holders.unit(unit) || live.profile !== 'unit-seal') {
    throw new ExchangeError(
      'CERTIFICATE_NOT_LIVE',
      'this is no live seal certificate of the unit',
      {
        details: { certificate: input.certificate },
      },
    )
  }
  const index = numbered.issuers.indexOf(unit)
  const place = numbered.places[index]
  const organ = await parts.directory.unit(unit)
  if (place === undefined || organ === undefined) throw new TypeError('no place for the seal')
  const mark = parts.marks({ name: organ.name, unit }, place.diameter)
  const pdf = await parts.blobs.get(numbered.file)
  const file = openSource(pdf)
  const isFirst = numbered.seals.length === 0
  const prepared = prepareSeal({
    pdf: file,
    certificate: live.certificate,
    algorithm: suiteOf(live.certificate),
    certificates: certificatesInside(parts, live.certificate),
    mark,
    page: place.page,
    centre: { x: place.x, y: place.y },
    fieldName: fieldFor(file, numbered, index),
    at: input.at,
    name: organ.name,
    ...(isFirst && { docMdp: 2 }),
    ...(isFirst && !isSigned(file) && { reserve: placesOfOthers(numbered, index) }),
  })
  return { prepared, baseBytes: pdf.length, numbered, live, unit }
}

const isSigned = ({ form }: SealableFile): boolean => form.fields.some((field) => field.isSigned)

/** An issuer's field by its place in the list; another name where that one is signed. */
function fieldFor({ form }: SealableFile, { issuers, seals }: Numbered, index: number): string {
  const own = `seal-${String(index + 1)}`
  const isTaken = form.fields.some((field) => field.name === own && field.isSigned)
  return isTaken ? `seal-${String(issuers.length + seals.length + 1)}` : own
}

/** Where the other issuers of a joint document will seal: their fields are there before the first seal certifies the file. */
function placesOfOthers({ places }: Numbered, index: number): ReservedSeal[] {
  return places.flatMap(({ page, x, y, diameter }, at) => {
    if (at === index) return []
    return [{ fieldName: `seal-${String(at + 1)}`, page, centre: { x, y }, size: diameter }]
  })
}

/** What goes into the CMS: the certificate and those above it. */
function certificatesInside({ authority }: OfficeParts, certificate: Uint8Array): Uint8Array[] {
  return [certificate, ...authority.chainOf(certificate)]
}

async function complete(
  parts: OfficeParts,
  certificate: Uint8Array,
  { prepared, signature }: { readonly prepared: PreparedSeal; readonly signature: Uint8Array },
): Promise<BaselineResult & { readonly stamps: readonly StampFact[] }> {
  const stamps: StampFact[] = []
  const sealed = await sealToBaselineLta({
    prepared,
    signature,
    algorithm: suiteOf(certificate),
    certificate,
    certificates: certificatesInside(parts, certificate),
    stamp: async (imprint) => {
      const token = await parts.stamp(imprint)
      if (token !== undefined) stamps.push(stampFact(token))
      return token
    },
    evidence: () => evidenceFor(parts, certificate),
    onStampFailure: 'stamp-later',
  })
  return { ...sealed, stamps }
}

function requireFresh(at: Date, now: Date): void {
  const age = (now.getTime() - at.getTime()) / 1000
  if (age < 0 || age > sealRequestSeconds) {
    throw new ExchangeError('SEAL_REQUEST_EXPIRED', 'ask for the seal request again')
  }
}
