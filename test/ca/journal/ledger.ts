/** A small fold table for journal tests: counters with a running total and an index, and things that can be removed. */
import type {
  Commit,
  EntryDraft,
  Fold,
  Json,
  JsonObject,
  OpenedJournal,
} from '../../../ca/journal/index.ts'

export const ledgerFolds: readonly Fold[] = [
  {
    type: 'counter.raised',
    reads: ({ subject }) => [subject, 'total'],
    apply: (entry, values) => {
      const count = numberIn(values.get(entry.subject)) + numberIn(entry.data)
      const total = numberIn(values.get('total')) + numberIn(entry.data)
      return [
        { key: entry.subject, value: { by: count } },
        { key: 'total', value: { by: total } },
      ]
    },
  },
  {
    // A second fold of the same type, as another room would add it.
    type: 'counter.raised',
    reads: ({ subject }) => [subject],
    apply: (entry, values) => [
      { key: `list/${entry.subject}`, value: values.get(entry.subject) ?? null },
    ],
  },
  {
    type: 'counter.removed',
    reads: () => [],
    apply: ({ subject }) => [
      { key: subject, value: undefined },
      { key: `list/${subject}`, value: undefined },
    ],
  },
  {
    type: 'fold.broken',
    reads: () => [],
    apply: () => {
      throw new Error('this fold never works')
    },
  },
]

export const boxActor = { holder: 'box', certificate: null }

/** An entry of the ledger. */
export function draft(type: string, subject: string, data: JsonObject = {}): EntryDraft {
  return { type, actor: boxActor, subject, data }
}

/** A commit that raises one counter, perhaps on condition. */
export function raise(subject: string, by: number, version?: number | null): Commit {
  const expect = version === undefined ? [] : [{ key: subject, version }]
  return { entries: [draft('counter.raised', subject, { by })], expect }
}

function numberIn(value: Json | undefined): number {
  const by = typeof value === 'object' && value !== null && 'by' in value ? value['by'] : 0
  return typeof by === 'number' ? by : 0
}

/** Commits of all kinds, some of them at once. */
export async function fillLedger(journal: OpenedJournal, commits: number): Promise<void> {
  const kinds: ((at: number) => Commit)[] = [
    (at) => raise(`counter:${String(at % 5)}`, at),
    (at) => ({ entries: [draft('counter.removed', `counter:${String(at % 3)}`)] }),
    (at) => ({
      entries: [
        draft('counter.raised', 'counter:x', { by: at, 公文: ['通知', { '10': 1, '9': 2 }] }),
        { type: 'note.made', actor: boxActor, subject: `note:${String(at)}`, data: {} },
      ],
    }),
  ]
  for (let at = 0; at < commits; at += 6) {
    const some = Array.from({ length: 6 }, (_, offset) =>
      (kinds[offset % 3] ?? raise.bind(undefined, 'counter:y'))(at + offset),
    )
    await Promise.all(some.map((commit) => journal.commit(commit)))
  }
}
