/**
 * The compromise drill: if a key were in other hands since a moment, which documents stay provable? Answered from the entries of the
 * journal alone, by the rules with which the verifier honours statements (`exchange/verify/evidence/compromise.ts`). Pure.
 */
import type { Entry } from '../../ca/index.ts'
import { signingCertificateOf } from '../document/signed_by.ts'
import { paintNumber } from '../draft/number.ts'
import type { StampFact } from '../statement/stamp_fact.ts'
import { knownId } from '../verify/evidence/compromise.ts'

/** A key of the box at a time. */
export interface DrillService {
  readonly role: string
  /** `timestamping`, `timestamping-2` … */
  readonly key: string
  readonly certificate: string
  readonly activatedAt: string
}

export interface DrillCertificate {
  readonly sha256: string
  readonly profile: string
  readonly holder: string
}

/** Something that was signed of a document. */
export interface DrillAct {
  /** `document.sealed` and the like. */
  readonly type: string
  /** Who did it. */
  readonly holder: string
  /** The time that is proven without the keys in question, RFC 3339; null where none is. */
  readonly provenAt: string | null
}

export interface DrillDocument {
  readonly id: string
  /** As painted; null before it was drawn. */
  readonly number: string | null
  /** What is concerned of it. */
  readonly acts: readonly DrillAct[]
  /** Not provable by itself, but once the statement lists what the journal knows. */
  readonly ifListed: boolean
}

export interface DrillReport {
  readonly since: string
  readonly keys: readonly DrillCertificate[]
  readonly provable: readonly DrillDocument[]
  readonly notProvable: readonly DrillDocument[]
  /** Signed documents in which none of these keys had a part. */
  readonly untouched: number
}

export interface Drill {
  /** Takes the entries in order. */
  add(entry: Entry): void
  readonly services: readonly DrillService[]
  certificate(sha256: string): DrillCertificate | undefined
  /** `certificates` by SHA-256, known to the journal. */
  report(question: { readonly since: Date; readonly certificates: readonly string[] }): DrillReport
}

interface Signed extends Omit<DrillAct, 'provenAt'> {
  readonly certificate: string | undefined
  readonly stamps: readonly StampFact[]
}

interface Kept {
  number: string | null
  readonly signed: Signed[]
}

/** What a report judges by. */
interface Ground {
  readonly since: Date
  readonly keys: ReadonlySet<string>
  /** Whether an authority is among them, on which everything hangs. */
  readonly hasAuthority: boolean
  readonly granted: ReadonlySet<string>
}

export function createDrill(): Drill {
  const services: DrillService[] = []
  const certificates = new Map<string, DrillCertificate>()
  const documents = new Map<string, Kept>()
  /** Tokens as the journal knows them. */
  const granted = new Set<string>()
  const keptOf = (id: string): Kept => {
    const kept = documents.get(id) ?? { number: null, signed: [] }
    documents.set(id, kept)
    return kept
  }
  return {
    services,
    certificate: (sha256) => certificates.get(sha256),
    add(entry) {
      const { type, data } = entry
      if (type === 'service.activated') {
        const { role, key, certificate } = data as unknown as DrillService
        services.push({ role, key, certificate, activatedAt: entry.time })
      } else if (type === 'certificate.issued') {
        const { sha256, profile, holder } = data as unknown as DrillCertificate
        certificates.set(sha256, { sha256, profile, holder })
      } else if (type === 'timestamps.granted') {
        for (const [serial, hash] of data['tokens'] as readonly [string, string][]) {
          granted.add(knownId(serial, hash))
        }
      } else if (type === 'document.numbered') {
        const { id, number } = data as { id: string; number: Parameters<typeof paintNumber>[0] }
        keptOf(id).number = paintNumber(number)
      } else if (type.startsWith('document.')) addSigned(entry, { keptOf, services })
    },
    report({ since, certificates: names }) {
      const keys = names.flatMap((name) => certificates.get(name) ?? [])
      const hasAuthority = keys.some(({ profile }) => profile === 'issuing' || profile === 'root')
      const ground = { since, keys: new Set(names), hasAuthority, granted }
      const judged = [...documents].flatMap(([id, kept]) => judge(id, kept, ground) ?? [])
      const signed = [...documents.values()].filter((kept) => kept.signed.length > 0).length
      return {
        since: since.toISOString(),
        keys,
        provable: judged.filter(({ isProvable }) => isProvable).map(({ document }) => document),
        notProvable: judged.filter(({ isProvable }) => !isProvable).map(({ document }) => document),
        untouched: signed - judged.length,
      }
    },
  }
}

function addSigned(
  { type, data, time, actor }: Entry,
  to: { readonly keptOf: (id: string) => Kept; readonly services: readonly DrillService[] },
): void {
  const certificate = signingCertificateOf({ data })
  const { id, stamps } = data as { id?: string; stamps?: readonly StampFact[] }
  if (id === undefined || certificate === undefined) return
  // Entries from before stamps were named: the journal's time, by the key that stamped then.
  const stamping = to.services.findLast(({ role }) => role === 'timestamping')?.certificate ?? ''
  const supposed = { serial: '', hash: '', at: time, certificate: stamping } as StampFact
  const { holder } = actor
  to.keptOf(id).signed.push({ type, holder, certificate, stamps: stamps ?? [supposed] })
}

interface JudgedDocument {
  readonly document: DrillDocument
  readonly isProvable: boolean
}

/** undefined for a document in which none of the keys had a part. */
function judge(id: string, { number, signed }: Kept, ground: Ground): JudgedDocument | undefined {
  const { keys, hasAuthority } = ground
  const isConcerned = ({ certificate, stamps }: Signed): boolean =>
    hasAuthority ||
    (certificate !== undefined && keys.has(certificate)) ||
    stamps.some((stamp) => keys.has(stamp.certificate))
  const concerned = signed.filter(isConcerned)
  if (concerned.length === 0) return undefined
  const judged = concerned.map((act) => judgeAct(act, signed, ground))
  const isProvable = judged.every((one) => one.isProvable)
  return {
    isProvable,
    document: {
      ...{ id, number },
      acts: judged.map(({ act }) => act),
      ifListed: !isProvable && judged.every((one) => one.isProvable || one.isListed),
    },
  }
}

function judgeAct(
  { type, holder, certificate, stamps }: Signed,
  all: readonly Signed[],
  { since, keys, hasAuthority, granted }: Ground,
) {
  const isSound = (stamp: StampFact): boolean =>
    !hasAuthority && (!keys.has(stamp.certificate) || new Date(stamp.at) < since)
  // A later seal's document timestamp covers an earlier seal.
  const covering =
    type === 'document.sealed'
      ? all.filter((other) => other.type === type).flatMap((other) => other.stamps)
      : stamps
  const proven = [...stamps, ...covering]
    .filter(isSound)
    .map(({ at }) => at)
    .toSorted()
  const [provenAt] = proven
  const isOwnKey = certificate !== undefined && keys.has(certificate)
  const isProvable = provenAt !== undefined && (!isOwnKey || new Date(provenAt) < since)
  const isKnown = (stamp: StampFact): boolean => granted.has(knownId(stamp.serial, stamp.hash))
  // Every certificate that the journal names can be listed, too.
  const isListed = !isOwnKey && (hasAuthority || (stamps.length > 0 && stamps.every(isKnown)))
  return { act: { type, holder, provenAt: provenAt ?? null }, isProvable, isListed }
}
