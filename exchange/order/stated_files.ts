/** The files `NAME.compromise.json` of all statements that this box knows: for every kit, and for its own verdicts. */
import type { Blobs, Sha256, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import { writeCompromiseFile } from '../verify/evidence/compromise_file.ts'
import type { OrderRecord } from './folds.ts'
import type { CompromiseStated } from './state_compromise.ts'

export interface StatedFile {
  readonly name: string
  readonly order: Sha256
  readonly bytes: Uint8Array
}

/** What stands of a statement in the journal. */
export interface StatedOrder extends Pick<CompromiseStated, 'order' | 'certificate'> {
  /** Detached CMS by hash, the proposer's first. */
  readonly signatures: readonly [Sha256, Sha256]
}

/** Beginnings of the certificate's and the order's hashes: unlike any other, and found again by either. */
export function statedFileName({ certificate, order }: StatedOrder): string {
  return `${certificate.slice(0, 16)}-${order.slice(0, 8)}.compromise.json`
}

/** All, in the order of their names. */
export async function statedFiles(parts: {
  readonly views: Views
  readonly blobs: Blobs
}): Promise<StatedFile[]> {
  const files: StatedFile[] = []
  for (const stated of await statedOrders(parts.views)) {
    files.push(await statedFile(parts.blobs, stated))
  }
  return files
}

/** The same by hashes alone. */
export async function statedOrders(views: Views): Promise<StatedOrder[]> {
  const stated: StatedOrder[] = []
  for await (const { value } of views.scan(keys.compromises)) {
    const { order, certificate } = value as CompromiseStated
    const record = (await views.get(keys.graveOrder(order)))?.value as OrderRecord | undefined
    const second = record?.countersigned
    if (record === undefined || !second) throw new TypeError('a statement without its order')
    stated.push({ order, certificate, signatures: [record.proposed.signature, second.signature] })
  }
  return stated
}

export async function statedFile(blobs: Blobs, stated: StatedOrder): Promise<StatedFile> {
  const { order, signatures } = stated
  const [bytes, first, second] = await Promise.all([
    blobs.get(order),
    blobs.get(signatures[0]),
    blobs.get(signatures[1]),
  ])
  const file = writeCompromiseFile({ bytes, signatures: [first, second] })
  return { name: statedFileName(stated), order, bytes: file }
}
