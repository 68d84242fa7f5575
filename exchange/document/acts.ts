/**
 * What every act on a document shares: load what the actor may see, hold the version the actor acted on, commit once, and
 * answer a replayed request with what the first one did. The acts themselves are in files of their own.
 */
import { CaError, sha256Hex, canonicalJson } from '../../ca/index.ts'
import type { EntryDraft, Expectation, Journal, Sha256, Views } from '../../ca/index.ts'
import { sees, unitOf } from '../access.ts'
import type { Principal } from '../directory/types.ts'
import type { StampFact } from '../statement/stamp_fact.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { DocumentEntries } from './folds.ts'
import type { Copy, DocumentRecord, Stage } from './types.ts'

/** What comes with every act. */
export interface ActRequest {
  readonly actor: Principal
  /** Version of the record the actor saw: the document's, or for a recipient's act the copy's. */
  readonly ifVersion: number
  /** `Idempotency-Key` of the request. */
  readonly once: string
  /** What was asked, for telling a replay from another request under the same key. */
  readonly body: unknown
}

export interface Loaded {
  readonly document: DocumentRecord
  readonly version: number
  /** The copy of the actor's unit, if it has one. */
  readonly copy: Copy | undefined
  readonly copyVersion: number | undefined
}

/** Loads a document as the actor may see it; to everyone else it does not exist: `NOT_FOUND`. */
export async function loadFor(views: Views, actor: Principal, id: string): Promise<Loaded> {
  const unit = unitOf(actor)
  const [record, copyRecord] = await views.getMany([keys.document(id), keys.copy(id, unit)])
  const document = record?.value as unknown as DocumentRecord | undefined
  const copy = copyRecord?.value as unknown as Copy | undefined
  if (record === undefined || document === undefined || sees(actor, document, copy) === 'nothing') {
    throw new ExchangeError('NOT_FOUND', 'no such document')
  }
  return { document, version: record.version, copy, copyVersion: copyRecord?.version }
}

/** An act as its `Idempotency-Key` stands for it. */
export interface Once {
  readonly type: keyof DocumentEntries
  /** The document it is about; drafting makes one. */
  readonly id?: string
  readonly request: Pick<ActRequest, 'actor' | 'once' | 'body'>
}

/** What the first request under this key did: its document, or undefined if this is the first. */
export async function replayed(
  views: Views,
  { type, id, request }: Once,
): Promise<string | undefined> {
  const record = await views.get(keys.idempotency(request.actor.holder, request.once))
  if (record === undefined) return undefined
  const first = record.value as { type: string; id: string; request: string }
  const same = first.type === type && first.id === (id ?? first.id)
  if (!same || first.request !== requestDigest(request.body)) {
    throw new ExchangeError('IDEMPOTENCY_KEY_REUSED', 'this key came with another request before')
  }
  return first.id
}

/**
 * Does an act once: answers a replay with the first one's document, also where the two ran side by side and the second was
 * refused because the first had just been done.
 */
export async function actOnce(
  views: Views,
  once: Once,
  act: () => Promise<string>,
): Promise<string> {
  const before = await replayed(views, once)
  if (before !== undefined) return before
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    const meanwhile = await replayed(views, once)
    if (meanwhile === undefined) throw error
    return meanwhile
  }
}

/** Commits one entry of an act; a conflict is `VERSION_STALE`. */
export async function commitAct<T extends keyof DocumentEntries>(
  journal: Journal,
  options: {
    readonly type: T
    readonly request: Pick<ActRequest, 'actor' | 'once' | 'body'>
    readonly id: string
    readonly files: EntryDraft['files']
    readonly data: DocumentEntries[T]
    readonly expect: readonly Expectation[]
    /** Of an act that stands on a signed statement. */
    readonly signingCertificate?: Sha256
    /** Time stamps that the box gave for it. */
    readonly stamps?: readonly StampFact[]
  },
): Promise<void> {
  const { type, request, id, files = [], data, expect, signingCertificate, stamps } = options
  const { holder, certificate } = request.actor
  const extra = { id, once: request.once, request: requestDigest(request.body) }
  const signed = {
    ...(signingCertificate !== undefined && { signingCertificate }),
    ...(stamps !== undefined && { stamps }),
  }
  const entry: EntryDraft = {
    type,
    actor: { holder, certificate },
    subject: `document:${id}`,
    files,
    data: { ...data, ...signed, ...extra },
  }
  const first = { key: keys.idempotency(holder, request.once), version: null }
  try {
    await journal.commit({ entries: [entry], expect: [...expect, first] })
  } catch (error) {
    if (!(error instanceof CaError) || error.code !== 'JOURNAL_CONFLICT') throw error
    throw new ExchangeError('VERSION_STALE', 'someone else acted first', { cause: error })
  }
}

/** Refuses an act on a version the actor did not see: `VERSION_STALE`. */
export function requireVersion(seen: number, now: number | undefined): void {
  if (seen !== now) {
    throw new ExchangeError('VERSION_STALE', 'the document changed since it was opened', {
      details: { now: now ?? null },
    })
  }
}

/** The document if it is in this stage, else `STAGE_WRONG` naming the stage it is in. */
export function requireStage<S extends Stage>(
  document: DocumentRecord,
  stage: S,
): Extract<DocumentRecord, { stage: S }> {
  if (document.stage !== stage) {
    throw new ExchangeError('STAGE_WRONG', `the document is ${document.stage}, not ${stage}`, {
      details: { stage: document.stage, needed: stage },
    })
  }
  return document as Extract<DocumentRecord, { stage: S }>
}

/** `NOT_PERMITTED` unless `allowed`. */
export function requireDuty(allowed: boolean, duty: string): void {
  if (!allowed) {
    throw new ExchangeError('NOT_PERMITTED', `this seat may not ${duty} here`, {
      details: { duty },
    })
  }
}

function requestDigest(body: unknown): string {
  return sha256Hex(canonicalJson(body ?? null)).slice(0, 32)
}
