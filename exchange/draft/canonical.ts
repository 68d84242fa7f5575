/**
 * What a leader approves of a draft, as bytes and as a hash. Number and date are drawn at registration, after approval
 * (条例 Art. 28), so the approved form is the draft without them. Pure. `docs/formats/draft.md`.
 */
import { canonicalJson, sha256Hex, type Sha256 } from '../../ca/index.ts'
import type { Draft } from './schema.ts'

/** The draft without what registration adds: `number` and `date`. */
export function approvedForm(draft: Draft): Omit<Draft, 'number' | 'date'> {
  return Object.fromEntries(
    Object.entries(draft).filter(([key]) => key !== 'number' && key !== 'date'),
  ) as Omit<Draft, 'number' | 'date'>
}

/** RFC 8785 encoding of the approved form, UTF-8; the schema has brought its strings into NFC. */
export function canonicalDraft(draft: Draft): Uint8Array {
  return canonicalJson(approvedForm(draft))
}

/** SHA-256 of `canonicalDraft`: what an approval names, and the PDF's metadata before it is sealed. */
export function draftHash(draft: Draft): Sha256 {
  return sha256Hex(canonicalDraft(draft))
}
