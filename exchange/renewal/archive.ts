/**
 * The evidence of the whole archive (RFC 4998): each night one timestamp over what came in, a renewal of all timestamps before the first
 * of them ends, and, when a hash algorithm grows weak, a renewal of the hash trees. The proof of each object is written when somebody asks for it.
 * After a crash between blob and commit the same is done again: nothing but an entry makes a timestamp count.
 */
import type { Clock } from '../../ca/index.ts'
import type { Scratch } from '../intake/types.ts'
import { createTurns } from '../turns.ts'
import { headsOf, recordOf, tokenLeaf } from './chains.ts'
import { lastNight } from './due.ts'
import type { ArchiveStamp } from './entries.ts'
import { embedRenewal } from './embed.ts'
import { gather } from './gather.ts'
import type { TreeHash } from './hash_tree.ts'
import type { EvidenceObject } from './objects.ts'
import { createRehash } from './rehash.ts'
import { stampTree, type StampParts } from './stamp_tree.ts'
import { readState, type EvidenceState } from './state.ts'
import { createTrees, type PlacedLeaf } from './trees.ts'

export interface ArchiveParts extends StampParts {
  readonly scratch: Scratch
  readonly clock: Clock
  /** IANA time zone in which it is night. */
  readonly zone: string
}

/** What was done. */
export interface Tended {
  readonly stamped: ArchiveStamp | undefined
  readonly renewed: ArchiveStamp | undefined
}

export interface Archive {
  /** Does what is due; to be called every few minutes. `now`: stamps all that there is, though no night has passed. Throws `CA_TIME_UNAVAILABLE`. */
  tend(options?: { readonly now?: boolean }): Promise<Tended>
  /** Renews all timestamps, due or not; undefined where there are none. */
  renew(): Promise<ArchiveStamp | undefined>
  /** Covers everything anew with another hash algorithm; goes on where it was interrupted. */
  rehash(hash: TreeHash): Promise<ArchiveStamp | undefined>
  /** DER; undefined as long as no night has stamped the object. */
  recordOf(object: EvidenceObject): Promise<Uint8Array | undefined>
  state(): Promise<EvidenceState>
  /** A copy of a sealed PDF with the renewal inside, as one more document timestamp. Throws what `embedRenewal` throws. */
  embed(pdf: Uint8Array): Promise<Uint8Array>
}

export function createArchive(parts: ArchiveParts): Archive {
  const { journal, blobs, clock, zone } = parts
  const { views } = journal
  const trees = createTrees(blobs)
  const source = { views, blobs, trees }
  const inTurn = createTurns()
  const alone = <T>(work: () => Promise<T>): Promise<T> => inTurn('archive', work)

  const stampNew = async (): Promise<ArchiveStamp | undefined> => {
    const { to: from } = await readState(source, parts, { counted: 1 })
    const to = journal.size
    const hash = (await headsOf(views))[0]?.hash ?? 'SHA-256'
    const signers = new Set<string>()
    const stored = await trees.store(hash, gather(parts, { from, to, hash, signers }))
    if (!stored) return undefined
    const states = await Promise.all([...signers].map((one) => parts.authority.certificate(one)))
    return stampTree(parts, {
      ...{ kind: 'stamped', hash, stored, more: { from, to } },
      signers: states.flatMap((one) => (one ? [one.certificate] : [])),
    })
  }

  const renewAll = async (): Promise<ArchiveStamp | undefined> => {
    const heads = await headsOf(views)
    const hash = heads[0]?.hash
    if (hash === undefined) return undefined
    const leaves: PlacedLeaf[] = []
    for (const { index, token } of heads) {
      leaves.push({ place: { index, at: 0 }, leaf: tokenLeaf(hash, await blobs.get(token)) })
    }
    const stored = await trees.store(hash, leaves)
    return stored && stampTree(parts, { kind: 'renewed', hash, stored })
  }

  const tend: Archive['tend'] = async ({ now = false } = {}) => {
    const state = await readState(source, parts, { counted: 1 })
    const night = lastNight(clock.now(), zone)
    const isNight = state.waitingSince !== undefined && state.waitingSince < night
    const isWanted = now ? state.waiting > 0 : isNight || state.unstamped > 0
    const stamped = isWanted ? await stampNew() : undefined
    return { stamped, renewed: state.renewal === 'due' ? await renewAll() : undefined }
  }

  const rehashAll = createRehash({ source, scratch: parts.scratch, journal })
  const rehash: Archive['rehash'] = async (hash) => {
    await stampNew()
    const built = await rehashAll(hash)
    if (!built) return undefined
    const { stored, to } = built
    return stampTree(parts, { kind: 'rehashed', hash, stored, more: { to } })
  }

  return {
    tend: (options) => alone(() => tend(options)),
    renew: () => alone(renewAll),
    rehash: (hash) => alone(() => rehash(hash)),
    recordOf: (object) => recordOf(source, object),
    state: () => readState(source, parts),
    embed: (pdf) => embedRenewal(parts, pdf),
  }
}
