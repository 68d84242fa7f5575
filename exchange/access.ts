/** The one place where access to documents is decided (design 5): which duty, for which unit, over which document. Pure. */
import type { Duty, Principal } from './directory/types.ts'
import type { Copy, DocumentRecord } from './document/types.ts'

/** Whether the actor may do `duty` for one of `units`. */
export function can(actor: Principal, duty: Duty, units: readonly string[]): boolean {
  return actor.kind === 'seat' && actor.duties.includes(duty) && units.includes(actor.unit)
}

/** The code of the actor's unit; the empty text, which is no unit's, for one who has none. */
export function unitOf(actor: Principal): string {
  return actor.kind === 'seat' ? actor.unit : ''
}

/**
 * What the actor sees of a document: an issuer everything; a recipient the head until its unit signed for it, then the
 * pages; everyone else nothing, not even that it exists.
 */
export function sees(
  actor: Principal,
  document: DocumentRecord,
  copy: Copy | undefined,
): 'content' | 'head' | 'nothing' {
  if (actor.kind !== 'seat') return 'nothing'
  if (document.issuers.includes(actor.unit)) return 'content'
  if (copy?.unit !== actor.unit) return 'nothing'
  return copy.state === 'receipted' ? 'content' : 'head'
}
