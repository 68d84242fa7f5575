/**
 * Drafts that are still being typed: a form as it was filled in, kept for the seats of a unit in the scratch area. It attests nothing,
 * is no part of the record, and is removed once the draft is handed on. A page that was left open never overwrites newer work.
 */
import { canonicalJson, type Clock, type Random } from '../../ca/index.ts'
import { newDocumentId } from '../document/identifier.ts'
import { ExchangeError } from '../errors.ts'
import type { Scratch } from '../intake/types.ts'
import { createTurns } from '../turns.ts'

/** Fields of the form, each with all its values, as they were typed. */
export type DraftForm = Readonly<Record<string, readonly string[]>>

export interface ScratchDraft {
  readonly id: string
  /** Counts up with each save, from 1. */
  readonly version: number
  readonly form: DraftForm
  /** Holder of the seat that saved it last. */
  readonly by: string
  /** RFC 3339. */
  readonly at: string
}

export interface ScratchDrafts {
  /** Newest first. */
  list(unit: string): Promise<ScratchDraft[]>
  /** Throws `NOT_FOUND`, also for another unit's. */
  get(unit: string, id: string): Promise<ScratchDraft>
  /**
   * Saves it; `ifVersion` 0 makes a new one. Throws `VERSION_STALE` with the newer version in its details, `DRAFT_REFUSED` where it is
   * too large or the unit has too many.
   */
  put(
    unit: string,
    draft: {
      readonly id?: string
      readonly ifVersion: number
      readonly form: DraftForm
      readonly by: string
    },
  ): Promise<ScratchDraft>
  remove(unit: string, id: string): Promise<void>
}

/** A draft of 200,000 characters has up to 600 KB in UTF-8. */
export const maxFormBytes = 700 * 1024
/** Nobody writes so many at once; without a bound a unit could fill the disk. */
export const maxDraftsOfUnit = 200
/** All drafts of a unit are read for its list: hundreds of long ones together would take the memory of everybody. */
export const maxBytesOfUnit = 16 * 1024 * 1024

export function createScratchDrafts(parts: {
  readonly scratch: Scratch
  readonly clock: Clock
  readonly random: Random
}): ScratchDrafts {
  const { scratch, clock, random } = parts
  const inTurn = createTurns()
  const prefix = (unit: string): string => `draft/${unit}/`
  const read = async (unit: string, id: string): Promise<ScratchDraft | undefined> => {
    const kept = await scratch.get(prefix(unit) + id)
    return kept === undefined ? undefined : (JSON.parse(kept) as ScratchDraft)
  }
  const list = async (unit: string): Promise<ScratchDraft[]> => {
    const found: ScratchDraft[] = []
    const range = { gt: prefix(unit), lt: `${prefix(unit)}\uffff`, limit: maxDraftsOfUnit }
    for await (const kept of scratch.values(range)) found.push(JSON.parse(kept) as ScratchDraft)
    return found.toSorted((a, b) => b.at.localeCompare(a.at))
  }
  return {
    list,
    async get(unit, id) {
      const found = await read(unit, id)
      if (found === undefined) throw new ExchangeError('NOT_FOUND', 'no such draft')
      return found
    },
    put: (unit, { id, ifVersion, form, by }) =>
      inTurn(unit, async () => {
        const size = canonicalJson(form).length
        if (size > maxFormBytes) throw refused('the draft is too large')
        const before = id === undefined ? undefined : await read(unit, id)
        if ((before?.version ?? 0) !== ifVersion) {
          throw new ExchangeError('VERSION_STALE', 'the draft was saved meanwhile', {
            details: { now: before?.version ?? null },
          })
        }
        const others = (await list(unit)).filter((one) => one.id !== before?.id)
        const bytes = others.reduce((sum, one) => sum + canonicalJson(one.form).length, size)
        if (others.length >= maxDraftsOfUnit || bytes > maxBytesOfUnit) {
          throw refused('the unit has too many drafts')
        }
        const saved: ScratchDraft = {
          id: before?.id ?? newDocumentId(random),
          version: ifVersion + 1,
          form,
          by,
          at: clock.now().toISOString(),
        }
        await scratch.put(prefix(unit) + saved.id, JSON.stringify(saved))
        return saved
      }),
    remove: (unit, id) => inTurn(unit, () => scratch.del(prefix(unit) + id)),
  }
}

function refused(words: string): ExchangeError {
  return new ExchangeError('DRAFT_REFUSED', words)
}
