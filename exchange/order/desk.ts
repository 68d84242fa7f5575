/**
 * Dual control (design 5): one officer proposes a grave act by a signed statement, a second one signs the very same bytes, and
 * with that signature the act is done, in one commit. Nobody is both, a statement is carried out once, and what lies longer than
 * its time is void.
 */
import {
  caKeys,
  type Actor,
  type Authority,
  type Blobs,
  type Clock,
  type EntryDraft,
  type Expectation,
  type Journal,
  type JsonObject,
  type Prepared,
  type Sha256,
} from '../../ca/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { SignedStatement, StatementDesk } from '../statement/accept.ts'
import { readOrder } from '../statement/orders.ts'
import type { StatementOf } from '../statement/types.ts'
import { createTurns } from '../turns.ts'
import { maxOrderDays, type OrderAct, type OrderOf } from './acts.ts'
import type { OrderRecord } from './folds.ts'
import { countOpen, requirePlace } from './open.ts'
import { readOrderStatement } from './read.ts'

/** What an act is prepared with. */
export interface Ordered {
  /** Name of the order. */
  readonly order: Sha256
  /** The second officer, who made it an act. */
  readonly actor: Actor
}

/** What a grave act commits together with the second signature, and what it does once that stands. */
export interface PreparedAct extends Prepared {
  /** What is answered beside the order's name. */
  readonly answer?: JsonObject
  /** After the commit; a crash before it must be mended at the next start. */
  readonly after?: () => Promise<void>
}

/** A grave act as its owner wires it. */
export interface GraveAct<A extends OrderAct = OrderAct> {
  /** Throws what stands against it now; asked when it is proposed. Changes nothing. */
  readonly check: (params: OrderOf<A>) => Promise<void>
  /** Throws likewise; asked when it is countersigned, once. */
  readonly prepare: (params: OrderOf<A>, ordered: Ordered) => Promise<PreparedAct>
}

/** The table of grave acts; an act without a row is refused. */
export type GraveActs = { readonly [A in OrderAct]?: GraveAct<A> }

/** An order with its statement. */
export interface WholeOrder extends Omit<OrderRecord, 'state'> {
  /** `expired` is said, not kept. */
  readonly state: OrderRecord['state'] | 'expired'
  readonly statement: StatementOf<'sealbox.order'>
}

export interface CountersignInput {
  readonly actor: Principal
  readonly order: Sha256
  /** Raw signature over the signed attributes, as `SignedStatement` has it. */
  readonly signature: Uint8Array
  /** SHA-256 of the signing certificate. */
  readonly certificate: Sha256
}

export interface OrderDesk {
  /** Throws what the statement desk and the act's `check` throw, `ORDER_ACT_MISSING`, `ORDER_TOO_MANY`. The same again is answered as before. */
  propose(input: { readonly actor: Principal; readonly signed: SignedStatement }): Promise<Sha256>
  /**
   * Carries the order out. Throws as `requireOpen`, `CERTIFICATE_NOT_LIVE`, `SIGNATURE_INVALID`, and what the act throws; then
   * nothing was done. The same officer's again is answered as before.
   */
  countersign(input: CountersignInput): Promise<JsonObject>
  /** By the proposer. Throws `ORDER_NOT_YOURS`, `ORDER_DECIDED`, and what the statement desk throws. */
  withdraw(input: {
    readonly actor: Principal
    readonly order: Sha256
    readonly signed: SignedStatement
  }): Promise<void>
  /**
   * Throws unless this officer may countersign now: `ORDER_UNKNOWN`, `ORDER_DECIDED`, `ORDER_EXPIRED`, `ORDER_SAME_OFFICER`,
   * `ORDER_PROPOSER_GONE` (their certificate is no longer live, or they are no officer any more).
   */
  requireOpen(order: Sha256, holder: string): Promise<WholeOrder>
  /** Throws what stands against proposing this now, by this officer. */
  check(order: StatementOf<'sealbox.order'>['order'], holder: string): Promise<void>
  /** Throws `ORDER_UNKNOWN`. */
  get(order: Sha256): Promise<WholeOrder>
  /** How many lie open that others than this officer proposed; read without their statements. */
  waitingFor(holder: string): Promise<number>
  /** All, the newest first. */
  list(): Promise<readonly WholeOrder[]>
  /** The exact bytes that both sign. Throws `ORDER_UNKNOWN`. */
  statement(order: Sha256): Promise<Uint8Array>
}

export interface OrderDeskParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly authority: Authority
  readonly directory: Directory
  readonly desk: StatementDesk
  readonly clock: Clock
  readonly acts: GraveActs
}

export function createOrderDesk(parts: OrderDeskParts): OrderDesk {
  // Of proposals at once none is counted before another is committed.
  const turns = createTurns()
  return {
    propose: (input) => turns(input.actor.holder, () => propose(parts, input)),
    countersign: (input) => countersign(parts, input),
    withdraw: (input) => withdraw(parts, input),
    requireOpen: (order, holder) => requireOpen(parts, order, holder),
    check: async (order, holder) => {
      await requirePlace(parts, holder)
      await actOf(parts, order.act).check(order)
    },
    get: async (order) => wholeOf(parts, (await recordOf(parts, order)).value),
    waitingFor: async (holder) => (await countOpen(parts, holder)).others,
    list: async () => {
      const records: OrderRecord[] = []
      for await (const { value } of parts.journal.views.scan(keys.graveOrders)) {
        records.push(value as OrderRecord)
      }
      const newest = records.toSorted((a, b) => b.index - a.index)
      return Promise.all(newest.map((record) => wholeOf(parts, record)))
    },
    statement: async (order) => {
      await recordOf(parts, order)
      return parts.blobs.get(order)
    },
  }
}

async function propose(
  parts: OrderDeskParts,
  { actor, signed }: { readonly actor: Principal; readonly signed: SignedStatement },
): Promise<Sha256> {
  const { journal, desk } = parts
  const again = readOrder('sealbox.order', signed.statement)
  if (again?.order.signer === actor.holder) {
    if ((await journal.views.get(keys.graveOrder(again.hash))) !== undefined) return again.hash
  }
  await requirePlace(parts, actor.holder)
  const accepted = await desk.accept('sealbox.order', signed, { signer: actor.holder })
  const { statement, statementHash, signatureHash } = accepted
  requireTerm(statement)
  await actOf(parts, statement.order.act).check(statement.order)
  const entry: EntryDraft = {
    type: 'order.proposed',
    actor: { holder: actor.holder, certificate: actor.certificate },
    subject: `order:${statementHash}`,
    files: [statementHash, signatureHash],
    data: {
      ...{ order: statementHash, act: statement.order.act, expires: statement.expires },
      ...{ signature: signatureHash, signingCertificate: signed.certificate },
      stamps: accepted.stamps,
    },
  }
  await journal.commit({
    entries: [entry],
    expect: [{ key: keys.graveOrder(statementHash), version: null }],
  })
  return statementHash
}

/** An order lies open for a week at most, whatever its statement says. */
function requireTerm({ at, expires }: StatementOf<'sealbox.order'>): void {
  const term = Date.parse(expires) - Date.parse(at)
  if (term > 0 && term <= maxOrderDays * 86_400_000) return
  throw new ExchangeError('STATEMENT_MISMATCH', "the order's term is not of at most a week", {
    details: { field: 'expires' },
  })
}

async function countersign(parts: OrderDeskParts, input: CountersignInput): Promise<JsonObject> {
  const { journal, desk } = parts
  const { actor, order, signature, certificate } = input
  const before = await recordOf(parts, order)
  // The same file handed in twice is one act.
  if (before.value.countersigned?.holder === actor.holder) return { order, state: 'carried-out' }
  const { proposed } = before.value
  const signers = [proposed.certificate, certificate, actor.certificate]
  const standing = await asTheyStand(journal, signers)
  const open = await requireOpen(parts, order, actor.holder)
  const signed = { signature, certificate }
  const { signatureHash: second, stamps } = await desk.countersign(
    open.statement,
    signed,
    actor.holder,
  )
  const by = { holder: actor.holder, certificate: actor.certificate }
  const prepared = await actOf(parts, open.act).prepare(open.statement.order, { order, actor: by })
  const entry: EntryDraft = {
    type: 'order.countersigned',
    actor: by,
    subject: `order:${order}`,
    files: [order, open.proposed.signature, second],
    data: {
      ...{ order, act: open.act, signatures: [open.proposed.signature, second] },
      signingCertificate: certificate,
      stamps,
    },
  }
  // Of two at once, and of a withdrawal meanwhile, one is committed: the order's view must still be as it was read.
  await journal.commit({
    entries: [entry, ...prepared.entries],
    expect: [
      { key: keys.graveOrder(order), version: before.version },
      ...standing,
      ...prepared.expect,
    ],
  })
  await prepared.after?.()
  return { order, state: 'carried-out', ...prepared.answer }
}

/** Certificates as they are before they are judged: what is revoked while the act is prepared carries nothing out. */
async function asTheyStand(
  { views }: Journal,
  certificates: readonly Sha256[],
): Promise<Expectation[]> {
  const names = [...new Set(certificates)].map((sha256) => caKeys.certificate(sha256))
  const found = await views.getMany(names)
  return names.map((key, at) => ({ key, version: found[at]?.version ?? null }))
}

async function withdraw(
  parts: OrderDeskParts,
  input: { readonly actor: Principal; readonly order: Sha256; readonly signed: SignedStatement },
): Promise<void> {
  const { journal, desk } = parts
  const { actor, order, signed } = input
  const { value: record, version } = await recordOf(parts, order)
  if (record.proposed.holder !== actor.holder) {
    throw refusal('ORDER_NOT_YOURS', 'only its proposer withdraws an order', order)
  }
  if (record.state === 'withdrawn') return
  if (record.state !== 'proposed') throw decided(order)
  const must = { signer: actor.holder, order }
  const accepted = await desk.accept('sealbox.order-withdrawal', signed, must)
  const { statementHash: statement, signatureHash: signature, stamps } = accepted
  const entry: EntryDraft = {
    type: 'order.withdrawn',
    actor: { holder: actor.holder, certificate: actor.certificate },
    subject: `order:${order}`,
    files: [statement, signature],
    data: { order, statement, signature, signingCertificate: signed.certificate, stamps },
  }
  await journal.commit({
    entries: [entry],
    expect: [{ key: keys.graveOrder(order), version }],
  })
}

async function requireOpen(
  parts: OrderDeskParts,
  order: Sha256,
  holder: string,
): Promise<WholeOrder> {
  const { authority, clock, directory } = parts
  const { value: record } = await recordOf(parts, order)
  if (record.state !== 'proposed') throw decided(order)
  const whole = await wholeOf(parts, record)
  if (whole.state === 'expired') throw refusal('ORDER_EXPIRED', 'the order has run out', order)
  const { proposed } = record
  if (proposed.holder === holder) {
    throw refusal('ORDER_SAME_OFFICER', 'nobody countersigns their own order', order)
  }
  const live = await authority.liveCertificate(proposed.certificate, clock.now())
  const proposer = await directory.principal(proposed.holder, proposed.certificate)
  const isOfficer = proposer?.kind === 'person' && proposer.role === 'officer'
  if (live?.holder !== proposed.holder || !isOfficer) {
    throw refusal('ORDER_PROPOSER_GONE', 'the proposer is no officer with a live key now', order)
  }
  return whole
}

/** The row of an act; the schema of statements has tied its parameters to its name. */
function actOf({ acts }: OrderDeskParts, act: OrderAct): GraveAct {
  const found: unknown = acts[act]
  if (found !== undefined) return found as GraveAct
  throw new ExchangeError('ORDER_ACT_MISSING', `this box carries out no ${act}`, {
    details: { act },
  })
}

async function recordOf({ journal }: OrderDeskParts, order: Sha256) {
  const found = await journal.views.get(keys.graveOrder(order))
  if (found === undefined) throw refusal('ORDER_UNKNOWN', 'there is no such order', order)
  return { value: found.value as OrderRecord, version: found.version }
}

/** The record, with the statement as it is kept: by its hash, so that it is the one that was signed. */
async function wholeOf({ blobs, clock }: OrderDeskParts, record: OrderRecord): Promise<WholeOrder> {
  const statement = readOrderStatement(await blobs.get(record.order))
  const isOver = record.state === 'proposed' && clock.now() > new Date(record.expires)
  return { ...record, state: isOver ? 'expired' : record.state, statement }
}

function decided(order: Sha256): ExchangeError {
  return refusal('ORDER_DECIDED', 'the order was carried out or withdrawn before', order)
}

function refusal(
  code: Extract<ExchangeError['code'], `ORDER_${string}`>,
  message: string,
  order: Sha256,
): ExchangeError {
  return new ExchangeError(code, message, { details: { order } })
}
