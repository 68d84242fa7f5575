/** How orders of two officers become their view: proposed, then carried out or withdrawn. Pure. */
import type { Entry, Fold, Json, Sha256 } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { OrderAct } from './acts.ts'

/** Who signed an order, and with what. */
export type OrderSignature = {
  readonly holder: string
  /** SHA-256 of the signing certificate. */
  readonly certificate: Sha256
  /** Detached CMS over the statement, by hash. */
  readonly signature: Sha256
  /** When the box took it; RFC 3339. */
  readonly at: string
}

export type OrderRecord = {
  /** SHA-256 of the statement: the order's name. */
  readonly order: Sha256
  readonly act: OrderAct
  readonly state: 'proposed' | 'carried-out' | 'withdrawn'
  readonly expires: string
  readonly proposed: OrderSignature
  /** Null until a second officer signed. */
  readonly countersigned: OrderSignature | null
  /** Null unless the proposer took it back. */
  readonly withdrawnAt: string | null
  /** Index of the entry that proposed it. */
  readonly index: number
}

/** Data of `order.proposed`. */
export type OrderProposed = {
  readonly order: Sha256
  readonly act: OrderAct
  readonly expires: string
  readonly signature: Sha256
  readonly signingCertificate: Sha256
}

/** Data of `order.countersigned`. */
export type OrderCountersigned = {
  readonly order: Sha256
  readonly act: OrderAct
  /** Hash of the proposer's CMS, then of the second officer's. */
  readonly signatures: readonly [Sha256, Sha256]
  readonly signingCertificate: Sha256
}

const proposed: Fold = {
  type: 'order.proposed',
  reads: () => [],
  apply(entry) {
    const { order, act, expires, signature, signingCertificate } = entry.data as OrderProposed
    const record: OrderRecord = {
      ...{ order, act, state: 'proposed', expires, index: entry.index },
      proposed: signatureOf(entry, { signature, certificate: signingCertificate }),
      countersigned: null,
      withdrawnAt: null,
    }
    return [{ key: keys.graveOrder(order), value: record }]
  },
}

const countersigned: Fold = {
  type: 'order.countersigned',
  reads: (entry) => [keyOf(entry)],
  apply(entry, values) {
    const { signatures, signingCertificate } = entry.data as OrderCountersigned
    const by = { signature: signatures[1], certificate: signingCertificate }
    const change = { state: 'carried-out', countersigned: signatureOf(entry, by) }
    return [{ key: keyOf(entry), value: { ...recordIn(entry, values), ...change } }]
  },
}

const withdrawn: Fold = {
  type: 'order.withdrawn',
  reads: (entry) => [keyOf(entry)],
  apply(entry, values) {
    const change = { state: 'withdrawn', withdrawnAt: entry.time }
    return [{ key: keyOf(entry), value: { ...recordIn(entry, values), ...change } }]
  },
}

export const graveOrderFolds: readonly Fold[] = [proposed, countersigned, withdrawn]

function signatureOf(
  entry: Entry,
  { signature, certificate }: Pick<OrderSignature, 'signature' | 'certificate'>,
): OrderSignature {
  return { holder: entry.actor.holder, certificate, signature, at: entry.time }
}

const keyOf = (entry: Entry): string => keys.graveOrder((entry.data as { order: string }).order)

function recordIn(entry: Entry, values: ReadonlyMap<string, Json>): OrderRecord {
  return values.get(keyOf(entry)) as OrderRecord
}
