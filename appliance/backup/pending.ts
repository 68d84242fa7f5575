/**
 * After a restore: a box whose folder came from a backup waits for two officers. All that changes anything goes through `commit`, so one
 * gate there holds everything back: acts, certificates, lists, time stamps. A trial box goes on by itself and puts it on record.
 */
import {
  boxActor,
  CaError,
  caKeys,
  type Actor,
  type Authority,
  type Blobs,
  type BoxRecord,
  type Commit,
  type EntryDraft,
  type Journal,
  type OpenedJournal,
  type Sha256,
} from '../../ca/index.ts'
import { ExchangeError, type GraveAct, type OrderOf } from '../../exchange/index.ts'
import { restoreParameters, type RestoredFacts } from '../../web/index.ts'
import { backupEntry, listed, maxListed, readRestored } from './entries.ts'
import { readRestoration, removeRestoration, type Restoration } from './restoration.ts'

export interface AfterRestore {
  /** The journal as every room gets it. */
  readonly journal: OpenedJournal
  /** What waits to be confirmed. */
  restored(): RestoredFacts | undefined
  readonly act: GraveAct<'restore-backup'>
  /** Of a trial box: goes on by itself, with fresh lists. To be called once the keys are open. */
  goOn(authority: Lists): Promise<void>
  /** Does something now, or once the box is confirmed. */
  whenConfirmed(work: () => void | Promise<void>): Promise<void>
}

type Lists = Pick<Authority, 'prepareFreshCrls'>

/** What may be written before: the officers' order, what the clock says, and who was refused. */
const allowed: ReadonlySet<string> = new Set([
  'order.proposed',
  'order.withdrawn',
  'clock.held',
  'clock.confirmed',
  'act.refused',
])

/** What may be written beside, in the commit that leads out of waiting. */
const withOrder: ReadonlySet<string> = new Set([
  'order.countersigned',
  'box.restored',
  'numbers.restored',
  'crl.issued',
])

/** Looks whether the folder was restored. To be called when the clock was begun, before anything else is opened. */
export async function afterRestore(of: {
  readonly directory: string
  readonly journal: OpenedJournal
  readonly blobs: Pick<Blobs, 'put'>
}): Promise<AfterRestore> {
  const { directory, journal, blobs } = of
  let pending = await stillPending(directory, journal)
  // `restored.json` can be edited; the journal cannot.
  const box = (await journal.views.get(caKeys.box))?.value as BoxRecord | undefined
  const mayGoOn = (from: Restoration): boolean => !from.confirm && box?.mode !== 'production'
  let lists: Lists | undefined
  const waiting: (() => void | Promise<void>)[] = []
  const restored = (): RestoredFacts | undefined => pending
  const check = (order: OrderOf<'restore-backup'>): Promise<void> =>
    pending !== undefined && isOf(order, pending)
      ? Promise.resolve()
      : Promise.reject(new ExchangeError('ORDER_NOTHING_RESTORED', 'nothing such was restored'))
  /** The restore on record, and lists with numbers above all that were published: in one commit. */
  const entriesOf = async (
    from: Restoration,
    actor: Actor,
    order: Sha256 | null,
  ): Promise<EntryDraft[]> => [
    ...(await restoredEntries(from, { actor, order, blobs })),
    ...(lists?.prepareFreshCrls({ actor }).entries ?? []),
  ]
  return {
    async goOn(authority) {
      lists = authority
      if (pending === undefined || !mayGoOn(pending)) return
      await journal.commit({ entries: await entriesOf(pending, boxActor, null) })
      pending = undefined
      // Crash before this: the next start finds the entry.
      await removeRestoration(directory)
    },
    journal: gated(journal, () => pending !== undefined),
    restored,
    act: {
      check,
      prepare: async (order, { order: name, actor }) => {
        await check(order)
        if (pending === undefined) throw new TypeError('checked before')
        return {
          entries: await entriesOf(pending, actor, name),
          expect: [],
          after: async () => {
            pending = undefined
            // Crash before this: the next start finds the entry.
            await removeRestoration(directory)
            for (const work of waiting.splice(0)) await work()
          },
        }
      },
    },
    whenConfirmed: async (work) => {
      if (pending === undefined) await work()
      else waiting.push(work)
    },
  }
}

async function stillPending(
  directory: string,
  { views }: Journal,
): Promise<Restoration | undefined> {
  const restoration = readRestoration(directory)
  if (restoration === undefined) return undefined
  // The backup itself may hold earlier restores, of other backups.
  const told = (await readRestored(views)).some(({ backup }) => backup === restoration.backup)
  if (!told) return restoration
  await removeRestoration(directory)
  return undefined
}

/** `box.restored`, and of more numbers than one entry holds further ones. */
async function restoredEntries(
  { backup, head, madeAt, seen, numbers, missing }: Restoration,
  by: {
    readonly actor: Actor
    readonly order: Sha256 | null
    readonly blobs: Pick<Blobs, 'put'>
  },
): Promise<EntryDraft[]> {
  const { first, count, files } = await listed(by.blobs, missing)
  const rows = numbers.map((one) => ({ ...one }))
  const data = {
    ...{ backup, head, madeAt, seen, missing: first, missingCount: count, order: by.order },
    numbers: rows.slice(0, maxListed),
  }
  const entries: EntryDraft[] = [{ ...backupEntry('box.restored', by.actor, data), files }]
  for (let at = maxListed; at < rows.length; at += maxListed) {
    const more = { backup, numbers: rows.slice(at, at + maxListed) }
    entries.push(backupEntry('numbers.restored', by.actor, more))
  }
  return entries
}

/** What the officers signed is what is there. */
function isOf(order: OrderOf<'restore-backup'>, facts: RestoredFacts): boolean {
  return JSON.stringify(sorted(order)) === JSON.stringify(sorted(restoreParameters(facts)))
}

function sorted({ backup, size, root, lost, numbers }: Omit<OrderOf<'restore-backup'>, 'act'>) {
  return [backup, size, root, lost, numbers.count, numbers.sha256]
}

/** The same journal, that takes only what leads out of waiting. */
function gated(journal: OpenedJournal, isPending: () => boolean): OpenedJournal {
  const commit = (commit: Commit): ReturnType<Journal['commit']> => {
    if (!isPending() || isAllowed(commit)) return journal.commit(commit)
    return Promise.reject(
      new CaError('JOURNAL_UNCONFIRMED', 'restored from a backup; two officers must confirm it'),
    )
  }
  return {
    commit,
    recovery: journal.recovery,
    views: journal.views,
    // What others were told after the backup is not known here: status answers wait, too (`tryLater`).
    get state() {
      return isPending() && journal.state === 'running' ? 'read-only' : journal.state
    },
    get size() {
      return journal.size
    },
    entry: (index) => journal.entry(index),
    read: (from, to) => journal.read(from, to),
    subscribe: (from, signal) => journal.subscribe(from, signal),
    head: (size) => journal.head(size),
    inclusionProof: (index, size) => journal.inclusionProof(index, size),
    consistencyProof: (first, second) => journal.consistencyProof(first, second),
    close: () => journal.close(),
  }
}

/** A second signature is let through only with what it carries out: the restore, or the right time. */
function isAllowed({ entries }: Commit): boolean {
  const carriesOut = entries.some(
    ({ type }) => type === 'box.restored' || type === 'clock.confirmed',
  )
  return entries.every(({ type }) => allowed.has(type) || (carriesOut && withOrder.has(type)))
}
