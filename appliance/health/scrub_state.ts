/** What the last scrub found, as the scratch area keeps it: it attests nothing, and the next scrub finds it again. */
import * as z from 'zod'
import type { ScrubState, ScrubTries } from '../../web/index.ts'

/** The scratch area, as far as it is used here. */
export interface ScratchStore {
  get(key: string): Promise<string | undefined>
  put(key: string, value: string): Promise<void>
}

const scrubKey = 'health/scrub'
const triesKey = 'health/scrub-tries'

const schema = z.object({
  endedAt: z.string().transform((text) => new Date(text)),
  entries: z.number(),
  views: z.number(),
  files: z.number(),
  findings: z.array(
    z.object({
      code: z.enum(['JOURNAL_DAMAGED', 'VIEW_DIFFERS', 'BLOB_DAMAGED', 'BLOB_MISSING']),
      name: z.string(),
    }),
  ),
})

/** Undefined before the first one ended, or where what is kept cannot be read. */
export async function readScrub(
  scratch: Pick<ScratchStore, 'get'>,
): Promise<ScrubState | undefined> {
  const kept = await scratch.get(scrubKey)
  if (kept === undefined) return undefined
  try {
    return schema.parse(JSON.parse(kept))
  } catch {
    return undefined
  }
}

export async function writeScrub(scratch: ScratchStore, state: ScrubState): Promise<void> {
  await scratch.put(scrubKey, JSON.stringify(state))
}

const triesSchema = z.object({
  since: z.string().transform((text) => new Date(text)),
  failed: z.enum(['NO_ROOM', 'FAILED']).optional(),
})

/** Undefined before a running box first looked whether one is due. */
export async function readScrubTries(
  scratch: Pick<ScratchStore, 'get'>,
): Promise<ScrubTries | undefined> {
  const kept = await scratch.get(triesKey)
  if (kept === undefined) return undefined
  try {
    return triesSchema.parse(JSON.parse(kept))
  } catch {
    return undefined
  }
}

export async function writeScrubTries(scratch: ScratchStore, tries: ScrubTries): Promise<void> {
  await scratch.put(triesKey, JSON.stringify(tries))
}
