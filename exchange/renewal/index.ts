/** Long life of what was signed: evidence records of RFC 4998 over the whole archive. Judging them is `exchange/verify`. */
export { createArchive, type Archive, type ArchiveParts, type Tended } from './archive.ts'
export { renewalMarginDays } from './due.ts'
export { evidenceFolds, type ArchiveStamp } from './entries.ts'
export { isTreeHash, treeHashes, type TreeHash } from './hash_tree.ts'
export type { EvidenceObject } from './objects.ts'
export { maxCountedWaiting, type EvidenceState } from './state.ts'
