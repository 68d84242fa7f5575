/** How a running box is: read anew each time from the stores, the file system and the process. Decides nothing: what is bad is judged in `web`. */
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { bytesBelow, diskRoom } from '../disk_room.ts'
import { profiles, type Authority, type Blobs, type Clock, type Journal } from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { SearchIndex } from '../../exchange/index.ts'
import type { BoxCertificateName, DataFolderName, Health } from '../../web/index.ts'
import { createAsk, type HealthSources } from './ask.ts'

const folderNames: readonly DataFolderName[] = ['journal', 'blobs', 'views', 'search', 'scratch']
const dayMs = 86_400_000

/** `sources` is asked each time, so that a part may come later. */
export function createHealth(options: {
  readonly directory: string
  readonly journal: Journal
  readonly blobs: Blobs
  readonly search: Pick<SearchIndex, 'appliedThrough'>
  readonly indexing: { readonly done: Promise<void> }
  readonly authority: Authority
  readonly clock: Clock
  readonly certificates: Readonly<Record<BoxCertificateName, Uint8Array>>
  readonly sources: HealthSources
}): () => Promise<Health> {
  const { directory, journal, blobs, search, authority, clock, certificates, sources } = options
  const startedAt = clock.now()
  const ask = createAsk(sources)
  let indexing: 'running' | 'stopped' = 'running'
  const stopped = (): void => {
    indexing = 'stopped'
  }
  options.indexing.done.then(stopped, stopped)
  return async () => {
    const [disk, folders, last, lists, said] = await Promise.all([
      diskRoom(directory),
      foldersOf(directory),
      journal.entry(journal.size - 1),
      // The list of whoever issued the web service's certificate, and those above it.
      authority.crlsFor([certificates.tls, ...authority.chain]),
      ask(),
    ])
    return {
      startedAt,
      journal: {
        state: journal.state,
        size: journal.size,
        lastEntryAt: last === undefined ? undefined : new Date(last.time),
      },
      blobs: { state: blobs.state },
      search: { appliedThrough: search.appliedThrough, state: indexing },
      ...{ disk, folders, memory: memoryNow() },
      certificates: certificateEnds(certificates),
      revocationListsUntil: new Date(
        Math.min(...lists.map(({ nextUpdate }) => nextUpdate.getTime())),
      ),
      timeSource: clock.timeSource,
      isTimeHeld: clock.state === 'held',
      ...said,
    }
  }
}

export async function foldersOf(directory: string): Promise<Health['folders']> {
  return Promise.all(
    folderNames.map(async (name) => ({ name, bytes: await bytesBelow(join(directory, name)) })),
  )
}

export function memoryNow(): Health['memory'] {
  return { resident: process.memoryUsage.rss(), free: freemem(), total: totalmem() }
}

/** Ends of certificates, DER by name. */
export function certificateEnds(
  certificates: Readonly<Partial<Record<BoxCertificateName, Uint8Array>>>,
): Health['certificates'] {
  return Object.entries(certificates).map(([name, der]) => endOf(name as BoxCertificateName, der))
}

function endOf(name: BoxCertificateName, der: Uint8Array): Health['certificates'][number] {
  const { notBefore, notAfter } = readCertificate(der)
  if (name !== 'timestamping') return { name, notAfter }
  const signsForDays = profiles.timestamping.privateKeyUsageDays
  return { name, notAfter, signsUntil: new Date(notBefore.getTime() + signsForDays * dayMs) }
}
