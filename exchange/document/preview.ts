/**
 * A draft as its page will look, before number and date are drawn: for who writes it and who approves it. Laid out one at a time,
 * the last ones kept in memory. Pure but for the layout's fonts, which are given.
 */
import { canonicalJson, sha256Hex } from '../../ca/index.ts'
import type { Draft } from '../draft/schema.ts'
import { layoutDraft, type Fonts, type LaidOut } from '../layout/index.ts'
import { createLru } from '../lru.ts'
import { createTurns } from '../turns.ts'

export interface Previews {
  /** The draft laid out, saved or not; `findings` name characters that no font has. The same draft gives the same bytes. */
  of(draft: Draft): Promise<LaidOut>
}

/** A page of text takes some 30 KB, with its fonts 100 KB. */
const maxKeptBytes = 32 * 1024 * 1024

export function createPreviews(parts: {
  readonly fonts: Fonts
  readonly trial: boolean
}): Previews {
  const kept = createLru<LaidOut>({ maxWeight: maxKeptBytes, weigh: ({ pdf }) => pdf.length })
  const inTurn = createTurns()
  return {
    of(draft) {
      // The whole draft: number and date are painted where it has them, though no approval names them.
      const key = sha256Hex(canonicalJson(draft))
      return inTurn('layout', async () => {
        const known = kept.get(key)
        if (known !== undefined) return known
        const laidOut = await layoutDraft({ draft, ...parts })
        kept.set(key, laidOut)
        return laidOut
      })
    },
  }
}
