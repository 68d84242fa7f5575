/**
 * Entries about documents, folded into records, copies, boxes, tasks and number registers. Pure: what was decided stands in
 * the entry (its `data` types are below), a fold only writes it where it will be read.
 */
import type { Entry, Fold, Json, Put } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import { nowAwaiting, oneAnswered, seatOf, stillMaking, touched } from './open_documents.ts'
import type {
  Approved,
  Binding,
  Copy,
  Dispatched,
  DocumentNumber,
  DocumentRecord,
  Drafted,
  Numbered,
  Progress,
  Seal,
  Sealed,
  Task,
} from './types.ts'

/** What the entries of a document carry as `data`. */
export type DocumentEntries = {
  'document.drafted': { readonly record: Omit<Drafted, 'draftedBy'> }
  'document.approved': { readonly id: string; readonly approval: Binding; readonly last: boolean }
  'document.numbered': {
    readonly id: string
    readonly unit: string
    readonly number: DocumentNumber
    readonly rendered: Pick<Numbered, 'date' | 'file' | 'pages' | 'places'>
  }
  'document.sealed': {
    readonly id: string
    readonly seal: Omit<Seal, 'by'>
    readonly file: Numbered['file']
    readonly last: boolean
  }
  'document.dispatched': {
    readonly id: string
    readonly dispatch: Binding
    readonly main: readonly string[]
    readonly copies: readonly string[]
    readonly deadline: string | null
  }
  'document.received': { readonly id: string; readonly unit: string; readonly at: string }
  'document.receipted': { readonly id: string; readonly unit: string; readonly answer: Binding }
  'document.returned': { readonly id: string; readonly unit: string; readonly answer: Binding }
}

export const documentFolds: readonly Fold[] = [
  fold('document.drafted', {
    reads: () => [],
    apply: ({ record }, { entry }) => [
      { key: keys.document(record.id), value: { ...record, draftedBy: seatOf(entry) } },
      ...record.issuers.map((issuer) => ({
        key: keys.outbox(issuer, entry.index),
        value: record.id,
      })),
      // The drafting unit's leader first; in joint issuing every organ's leader countersigns.
      ...record.issuers.map((issuer) => task('approve', issuer, { record, entry })),
      ...stillMaking(record, entry),
    ],
  }),
  fold('document.approved', {
    reads: ({ id }) => [keys.document(id)],
    apply: ({ id, approval, last }, { entry, record }) => {
      const approvals = [...record.approvals, approval]
      const next = last
        ? ({ ...record, approvals, stage: 'approved' } as Approved)
        : ({ ...record, approvals } as DocumentRecord)
      return [
        { key: keys.document(id), value: next },
        done('approve', approval.unit, id),
        ...(last ? [task('number', lead(record), { record, entry })] : []),
        ...stillMaking(record, entry),
      ]
    },
  }),
  fold('document.numbered', {
    reads: ({ id }) => [keys.document(id)],
    apply: ({ id, unit, number, rendered }, { entry, record }) => [
      {
        key: keys.document(id),
        value: {
          ...record,
          stage: 'numbered',
          number,
          ...rendered,
          numberedAt: entry.time,
          numberedBy: seatOf(entry),
          seals: [],
        },
      },
      { key: keys.series(unit, number.series, number.year), value: number.number },
      {
        key: keys.register(unit, number),
        value: { document: id, state: 'in force' },
      },
      done('number', unit, id),
      ...record.issuers.map((issuer) => task('seal', issuer, { record, entry })),
      ...stillMaking(record, entry),
    ],
  }),
  fold('document.sealed', {
    reads: ({ id }) => [keys.document(id)],
    apply: ({ id, seal, file, last }, { entry, record }) => {
      const before = record as Numbered
      const seals = [...before.seals, { ...seal, by: seatOf(entry) }]
      const next: Numbered | Sealed = {
        ...before,
        file,
        seals,
        stage: last ? 'sealed' : 'numbered',
      }
      return [
        { key: keys.document(id), value: next },
        done('seal', seal.unit, id),
        ...(last ? [task('dispatch', lead(record), { record, entry })] : []),
        ...stillMaking(record, entry),
      ]
    },
  }),
  fold('document.dispatched', {
    reads: ({ id }) => [keys.document(id)],
    apply: ({ id, dispatch, main, copies, deadline }, { entry, record }) => {
      const dispatchIndex = entry.index
      const next = {
        ...record,
        stage: 'dispatched',
        dispatch,
        main,
        copies,
        deadline,
        dispatchIndex,
      }
      const copyOf = (unit: string, as: Copy['as']): Copy => ({
        document: id,
        unit,
        as,
        state: 'dispatched',
        dispatchIndex,
        receivedAt: null,
        receivedBy: null,
        answer: null,
      })
      const all = [
        ...main.map((unit) => copyOf(unit, 'main')),
        ...copies.map((unit) => copyOf(unit, 'copy')),
      ]
      return [
        { key: keys.document(id), value: next },
        done('dispatch', dispatch.unit, id),
        ...all.flatMap((copy) => [
          { key: keys.copy(id, copy.unit), value: copy },
          { key: keys.inbox(copy.unit, dispatchIndex), value: id },
          task('sign-for', copy.unit, { record, entry, deadline }),
          touched(copy.unit, entry),
        ]),
        ...nowAwaiting(record, { deadline, of: all.length, entry }),
      ]
    },
  }),
  fold('document.received', {
    reads: ({ id, unit }) => [keys.document(id), keys.copy(id, unit)],
    apply: ({ id, unit, at }, { entry, record, values }) => {
      const copy = read(values, keys.copy(id, unit)) as Copy
      const next: Copy = { ...copy, state: 'received', receivedAt: at, receivedBy: seatOf(entry) }
      return [
        { key: keys.copy(id, unit), value: next },
        ...[unit, ...record.issuers].map((each) => touched(each, entry)),
      ]
    },
  }),
  fold('document.receipted', answered('receipted')),
  fold('document.returned', answered('returned')),
]

function answered<T extends 'receipted' | 'returned'>(state: T): FoldOf<`document.${T}`> {
  return {
    reads: ({ id, unit }) => [keys.document(id), keys.copy(id, unit), keys.progress(id)],
    apply: ({ id, unit, answer }, { entry, record, values }) => {
      const copy = read(values, keys.copy(id, unit)) as Copy
      const progress = read(values, keys.progress(id)) as Progress
      const receivedAt = copy.receivedAt ?? answer.at
      const receivedBy = copy.receivedBy ?? answer.seat
      const next: Copy = { ...copy, state, receivedAt, receivedBy, answer }
      return [
        { key: keys.copy(id, unit), value: next },
        done('sign-for', unit, id),
        touched(unit, entry),
        ...oneAnswered(record as Dispatched, { progress, state, entry }),
      ]
    },
  }
}

interface FoldPlace {
  readonly entry: Entry
  /** The value of the first key read. */
  readonly record: DocumentRecord
  readonly values: ReadonlyMap<string, Json>
}

interface FoldOf<T extends keyof DocumentEntries> {
  readonly reads: (data: DocumentEntries[T]) => readonly string[]
  readonly apply: (data: DocumentEntries[T], at: FoldPlace) => readonly Put[]
}

/** Ties an entry type to the type of its data. */
function fold<T extends keyof DocumentEntries>(type: T, of: FoldOf<T>): Fold {
  const data = (entry: Entry): DocumentEntries[T] => entry.data as unknown as DocumentEntries[T]
  return {
    type,
    reads: (entry) => of.reads(data(entry)),
    apply: (entry, values) => {
      const [key = ''] = of.reads(data(entry))
      const record = values.get(key) as unknown as DocumentRecord
      return [...of.apply(data(entry), { entry, record, values }), ...once(entry)]
    },
  }
}

/** An act that came with an `Idempotency-Key` is remembered with what it was, so that a replay finds its answer. */
function once(entry: Entry): Put[] {
  const { once: key, id, request } = entry.data as { once?: string; id?: string; request?: string }
  if (key === undefined) return []
  const value = { type: entry.type, id: id ?? entry.subject, request: request ?? '' }
  return [{ key: keys.idempotency(entry.actor.holder, key), value }]
}

function read(values: ReadonlyMap<string, Json>, key: string): Json {
  const value = values.get(key)
  if (value === undefined) throw new TypeError(`nothing under ${key}`)
  return value
}

function lead(record: DocumentRecord): string {
  return record.issuers[0] ?? ''
}

function task(
  name: Task['task'],
  unit: string,
  of: { record: Pick<DocumentRecord, 'id' | 'urgency'>; entry: Entry; deadline?: string | null },
): Put {
  const { record, entry, deadline = null } = of
  const { id, urgency } = record
  const value: Task = { task: name, document: id, unit, since: entry.time, deadline, urgency }
  return { key: keys.task(unit, id, name), value }
}

function done(name: Task['task'], unit: string, id: string): Put {
  return { key: keys.task(unit, id, name), value: undefined }
}
