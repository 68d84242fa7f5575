/** The list of revoked certificates of a root that leaves, signed in a ceremony for longer than the time to the next one. */
import { issuerId } from '../authority/entries.ts'
import { crlPublishedEntry } from '../authority/published_crl.ts'
import type { PublishedCrl } from '../authority/types.ts'
import { buildCrl, type RevokedCertificate } from '../crl/build.ts'
import type { EntryDraft } from '../journal/types.ts'
import type { Signer } from '../signer.ts'
import { boxActor } from './box_certificate.ts'

/** A year and a month: time to hold the yearly ceremony late. */
export const offlineCrlDays = 396

export interface OfflineCrl extends PublishedCrl {
  readonly entry: EntryDraft
}

/** Signs the list; `before` is the number of the last one, which this one lies above. */
export async function offlineCrl(
  signer: Signer,
  of: {
    readonly at: Date
    readonly before?: number | undefined
    readonly revoked?: readonly RevokedCertificate[]
    readonly validForDays?: number
  },
): Promise<OfflineCrl> {
  const { at: thisUpdate, before = 0, revoked = [], validForDays = offlineCrlDays } = of
  const nextUpdate = new Date(thisUpdate.getTime() + validForDays * 86_400_000)
  // Above the list before, and above what a journal restored from a backup has forgotten.
  const number = Math.max(before + 1, thisUpdate.getTime())
  const crl = await buildCrl({ signer, number, thisUpdate, nextUpdate, revoked })
  const list = { crl, number, thisUpdate, nextUpdate }
  const issuer = issuerId(signer.certificate)
  return { ...list, entry: crlPublishedEntry({ ...list, issuer, actor: boxActor }) }
}
