/**
 * Entries about documents, folded into records, copies, boxes, tasks and number registers. Pure: what was decided stands in
 * the entry (its `data` types are below), a fold only writes it where it will be read.
 */
import type { Entry, Fold, Json, Put } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type {
  Approved,
  Binding,
  Copy,
  DocumentNumber,
  DocumentRecord,
  Drafted,
  Numbered,
  Seal,
  Sealed,
  Task,
} from './types.ts'

/** What the entries of a document carry as `data`. */
export type DocumentEntries = {
  'document.drafted': { readonly record: Drafted }
  'document.approved': { readonly id: string; readonly approval: Binding; readonly last: boolean }
  'document.numbered': {
    readonly id: string
    readonly unit: string
    readonly number: DocumentNumber
    readonly rendered: Pick<Numbered, 'date' | 'file' | 'pages' | 'places'>
  }
  'document.sealed': {
    readonly id: string
    readonly seal: Seal
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
      { key: keys.document(record.id), value: record },
      ...record.issuers.map((issuer) => ({
        key: keys.outbox(issuer, entry.index),
        value: record.id,
      })),
      // The drafting unit's leader first; in joint issuing every organ's leader countersigns.
      ...record.issuers.map((issuer) => task('approve', issuer, { record, entry })),
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
      ]
    },
  }),
  fold('document.numbered', {
    reads: ({ id }) => [keys.document(id)],
    apply: ({ id, unit, number, rendered }, { entry, record }) => [
      {
        key: keys.document(id),
        value: { ...record, stage: 'numbered', number, ...rendered, seals: [] },
      },
      { key: keys.series(unit, number.series, number.year), value: number.number },
      {
        key: keys.register(unit, number),
        value: { document: id, state: 'in force' },
      },
      done('number', unit, id),
      ...record.issuers.map((issuer) => task('seal', issuer, { record, entry })),
    ],
  }),
  fold('document.sealed', {
    reads: ({ id }) => [keys.document(id)],
    apply: ({ id, seal, file, last }, { entry, record }) => {
      const before = record as Numbered
      const seals = [...before.seals, seal]
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
        ]),
      ]
    },
  }),
  fold('document.received', {
    reads: ({ id, unit }) => [keys.copy(id, unit)],
    apply: ({ id, unit, at }, { values }) => {
      const copy = readCopy(values, keys.copy(id, unit))
      return [{ key: keys.copy(id, unit), value: { ...copy, state: 'received', receivedAt: at } }]
    },
  }),
  fold('document.receipted', answered('receipted')),
  fold('document.returned', answered('returned')),
]

function answered<T extends 'receipted' | 'returned'>(state: T): FoldOf<`document.${T}`> {
  return {
    reads: ({ id, unit }) => [keys.copy(id, unit)],
    apply: ({ id, unit, answer }, { values }) => {
      const copy = readCopy(values, keys.copy(id, unit))
      const receivedAt = copy.receivedAt ?? answer.at
      return [
        { key: keys.copy(id, unit), value: { ...copy, state, receivedAt, answer } },
        done('sign-for', unit, id),
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

function readCopy(values: ReadonlyMap<string, Json>, key: string): Copy {
  const value = values.get(key)
  if (value === undefined) throw new TypeError(`nothing under ${key}`)
  return value as unknown as Copy
}

function lead(record: DocumentRecord): string {
  return record.issuers[0] ?? ''
}

function task(
  name: Task['task'],
  unit: string,
  of: { record: DocumentRecord; entry: Entry; deadline?: string | null },
): Put {
  const { record, entry, deadline = null } = of
  const { id, urgency } = record
  const value: Task = { task: name, document: id, unit, since: entry.time, deadline, urgency }
  return { key: keys.task(unit, id, name), value }
}

function done(name: Task['task'], unit: string, id: string): Put {
  return { key: keys.task(unit, id, name), value: undefined }
}
