/**
 * The list of an authority whose key is not on the box: made in a ceremony for a long time, kept whole in the journal, served as it
 * is until the next ceremony. Pure, but for reading the views it is given.
 */
import { fromBase64, toBase64 } from '../bytes.ts'
import type { Actor, EntryDraft, Fold, JsonObject, Views } from '../journal/types.ts'
import type { PublishedCrl } from './types.ts'

/** Data of `crl.published`, and value of its view. */
interface CrlPublished extends JsonObject {
  /** Identifier of the issuer's key. */
  readonly issuer: string
  /** Base64 of the DER: a root's list has a few hundred octets. */
  readonly crl: string
  readonly number: number
  readonly thisUpdate: string
  readonly nextUpdate: string
}

/** Key of the view. */
export const publishedKey = (issuer: string): string => `ca/crl-published/${issuer}`

/** `crl.published`: from this entry on, this is the list of an authority that is away. */
export function crlPublishedEntry(
  list: PublishedCrl & { readonly issuer: string; readonly actor: Actor },
): EntryDraft {
  const { issuer, actor, crl, number, thisUpdate, nextUpdate } = list
  return {
    type: 'crl.published',
    actor,
    subject: `issuer:${issuer}`,
    data: {
      ...{ issuer, number },
      crl: toBase64(crl),
      thisUpdate: thisUpdate.toISOString(),
      nextUpdate: nextUpdate.toISOString(),
    } satisfies CrlPublished,
  }
}

export const crlPublished: Fold = {
  type: 'crl.published',
  reads: () => [],
  apply: (entry) => [{ key: publishedKey((entry.data as CrlPublished).issuer), value: entry.data }],
}

/** The list that was published last; undefined where none ever was. */
export async function readPublishedCrl(
  views: Views,
  issuer: string,
): Promise<PublishedCrl | undefined> {
  const found = await views.get(publishedKey(issuer))
  if (!found) return undefined
  const { crl, number, thisUpdate, nextUpdate } = found.value as CrlPublished
  return {
    ...{ crl: fromBase64(crl), number },
    ...{ thisUpdate: new Date(thisUpdate), nextUpdate: new Date(nextUpdate) },
  }
}
