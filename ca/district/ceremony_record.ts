/**
 * Ceremonies in the journal: `ceremony.held` names the minutes by hash and carries the root key's signature over them, so that an
 * auditor needs neither the box nor our software to check who held what (docs/formats/ceremony.md). Pure, but for reading views.
 */
import { fromBase64, toBase64, type Sha256 } from '../bytes.ts'
import type { EntryDraft, Fold, JsonObject, Views } from '../journal/types.ts'
import { boxActor } from './box_certificate.ts'

export const ceremonyKinds = [
  'init',
  'root-roll-over',
  'issuing-roll-over',
  'break-glass',
  'crl',
] as const
export type CeremonyKind = (typeof ceremonyKinds)[number]

/** Data of `ceremony.held`. */
interface CeremonyHeld extends JsonObject {
  readonly kind: CeremonyKind
  /** SHA-256 of the minutes, a blob. */
  readonly minutes: Sha256
  /** SHA-256 of the root certificate whose key signed the minutes. */
  readonly root: Sha256
  /** Base64 of the raw signature over the octets of the minutes, as `openssl dgst -sha256 -verify` takes it. */
  readonly signature: string
}

export interface Ceremony {
  readonly kind: CeremonyKind
  readonly minutes: Sha256
  readonly root: Sha256
  readonly signature: Uint8Array
  readonly heldAt: Date
  /** Index of its entry. */
  readonly entry: number
}

const prefix = 'ca/ceremony/'
const indexDigits = 15

/** `ceremony.held`; the minutes are a blob that is durable before. */
export function ceremonyHeldEntry(of: {
  readonly kind: CeremonyKind
  readonly minutes: Sha256
  readonly root: Sha256
  readonly signature: Uint8Array
}): EntryDraft {
  const { kind, minutes, root } = of
  return {
    type: 'ceremony.held',
    actor: boxActor,
    subject: 'box',
    files: [minutes],
    data: { kind, minutes, root, signature: toBase64(of.signature) } satisfies CeremonyHeld,
  }
}

export const ceremonyHeld: Fold = {
  type: 'ceremony.held',
  reads: () => [],
  apply: (entry) => [
    {
      key: `${prefix}${String(entry.index).padStart(indexDigits, '0')}`,
      value: { ...(entry.data as CeremonyHeld), heldAt: entry.time },
    },
  ],
}

/** All ceremonies of the box, the first one first: there are a few in its life. */
export async function readCeremonies(views: Views): Promise<Ceremony[]> {
  const found: Ceremony[] = []
  for await (const { key, value } of views.scan(prefix)) {
    const { heldAt, signature, ...data } = value as CeremonyHeld & { readonly heldAt: string }
    const entry = Number(key.slice(prefix.length))
    const { kind, minutes, root } = data
    found.push({
      ...{ kind, minutes, root, entry },
      ...{ signature: fromBase64(signature), heldAt: new Date(heldAt) },
    })
  }
  return found
}
