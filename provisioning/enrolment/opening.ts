/**
 * The opening of a production box: until two officers hold live certificates at one time it does nothing but enrol them (design 5).
 * That they did is an entry; from then on the box stays open, whoever of them leaves.
 */
import {
  boxActor,
  CaError,
  type Authority,
  type Clock,
  type Fold,
  type Journal,
} from '../../ca/index.ts'
import { holders, type Directory } from '../../exchange/index.ts'
import { keys } from './types.ts'

/** Nobody alone: every officer's act can be seen, and undone, by another one. */
export const officersNeeded = 2

export const boxOpened: Fold = {
  type: 'box.opened',
  reads: () => [],
  apply: (entry) => [{ key: keys.opened, value: entry.time }],
}

export interface Opening {
  /** Whether the box does more than enrol its first officers; the first time it may, that is committed. */
  isOpen(): Promise<boolean>
}

/** Of a trial box always open. Throws what `Journal.commit` throws. */
export function createOpening(parts: {
  readonly mode: 'trial' | 'production'
  readonly journal: Journal
  readonly authority: Authority
  readonly directory: Directory
  readonly clock: Clock
}): Opening {
  const { mode, journal } = parts
  let open = mode === 'trial'
  return {
    async isOpen() {
      open ||= (await journal.views.get(keys.opened)) !== undefined || (await openNow(parts))
      return open
    },
  }
}

async function openNow(parts: Parameters<typeof createOpening>[0]): Promise<boolean> {
  const officers = await liveOfficers(parts)
  if (officers.length < officersNeeded) return false
  try {
    await parts.journal.commit({
      entries: [{ type: 'box.opened', actor: boxActor, subject: 'box', data: { officers } }],
      expect: [{ key: keys.opened, version: null }],
    })
  } catch (error) {
    // Another request was first.
    if (!(error instanceof CaError && error.code === 'JOURNAL_CONFLICT')) throw error
  }
  return true
}

/** Identifiers of the active officers who can log in now. */
export async function liveOfficers({
  authority,
  directory,
  clock,
}: Omit<Parameters<typeof createOpening>[0], 'mode' | 'journal'>): Promise<string[]> {
  const at = clock.now()
  const people = await directory.people()
  const live: string[] = []
  for (const { id, role, active } of people) {
    if (role !== 'officer' || !active) continue
    const held = await authority.certificatesOf(holders.person(id))
    const isLive = held.some(
      ({ profile, revoked, notBefore, notAfter }) =>
        profile === 'officer-client' && revoked === undefined && notBefore <= at && at <= notAfter,
    )
    if (isLive) live.push(id)
  }
  return live
}
