/**
 * A box that was restored from a backup goes on from an earlier head than its signers have seen: to them that is a journal that was
 * taken back. What tells it from one is the order of two officers, whose name a person reads out by another way than the box. Pure.
 */
import { readOrderStatement } from '../order/read.ts'
import type { OrderOf } from '../order/acts.ts'
import { ExchangeError } from '../errors.ts'
import { sha256Hex } from '../../ca/path/index.ts'
import type { RequestFiles } from './files.ts'
import type { SeenHead, SignerMemory } from './memory.ts'
import type { SignRequest } from './sign_request.ts'

/** Digits of the order's name that are read out: 64 bits, which no other statement will have by search. */
export const minToldDigits = 16

/**
 * The head that an officer's signer holds a request against. One who orders the restore has read how much of the journal is lost, and
 * signs that: a later head in their memory does not stop it.
 */
export function headToContinue(
  request: SignRequest,
  files: RequestFiles,
  last: SeenHead | null,
): SeenHead | null {
  const order = orderedIn(request, files)
  return order?.act === 'restore-backup' && last !== null && last.size > order.size ? null : last
}

function orderedIn(request: SignRequest, files: RequestFiles) {
  const { act, statement } = request
  if (act === 'propose-order' && statement?.type === 'sealbox.order') return statement.order
  const file = act === 'countersign' ? request.files.find(({ as }) => as === 'order') : undefined
  const bytes = file && files.get(file.sha256)
  return bytes && readOrderStatement(bytes).order
}

/**
 * What a signer remembers once its owner was told of the order: heads behind the restored one give way to it. `told` are digits of the
 * order's name, read out or on paper. Throws `RESTORE_ORDER_DIFFERS`, `STATEMENT_MALFORMED`.
 */
export function acceptRestore(
  memory: SignerMemory,
  of: { readonly statement: Uint8Array; readonly told: string; readonly box: string },
): { readonly memory: SignerMemory; readonly order: OrderOf<'restore-backup'> } {
  const told = of.told.replaceAll(/[\s-]/g, '').toLowerCase()
  const isTold = told.length >= minToldDigits && sha256Hex(of.statement).startsWith(told)
  const { order, box } = readOrderStatement(of.statement)
  if (!isTold || order.act !== 'restore-backup' || box !== of.box) {
    throw new ExchangeError('RESTORE_ORDER_DIFFERS', 'this is not the order that was read out')
  }
  const { size, root } = order
  const accepted = (head: SeenHead): SeenHead => (head.size > size ? { size, root } : head)
  const heads = Object.entries(memory.heads).map(([holder, head]) => [holder, accepted(head)])
  const { head } = memory
  return {
    order,
    memory: {
      ...memory,
      heads: Object.fromEntries(heads) as SignerMemory['heads'],
      ...(head !== undefined && { head: head === null ? null : accepted(head) }),
    },
  }
}
