/** A signer after a restore: goes on from the restored head only by an order whose name a person was told; officers sign that order itself. */
import test from 'ava'
import { canonicalJson, sha256Hex, utf8 } from '../../../ca/index.ts'
import { acceptRestore, type SignerMemory, type SignRequest } from '../../../exchange/unit/index.ts'
import { headToContinue } from '../../../exchange/unit/restored.ts'

const root = (octet: number): string => Buffer.alloc(32, octet).toString('base64')
const box = 'sealbox-0011223344556677'
const order = {
  ...{ act: 'restore-backup', backup: 'a'.repeat(64), size: 100, root: root(1) },
  ...{ lost: 20, numbers: { count: 0, sha256: 'b'.repeat(64) } },
}

function statementOf(changed: object = {}, of: object = {}): Uint8Array {
  return canonicalJson({
    ...{ type: 'sealbox.order', v: 1, box, signer: 'person:officer-1', keyUse: 1 },
    ...{ at: '2026-11-25T08:00:00.000Z', expires: '2026-11-26T08:00:00.000Z', reason: '失火' },
    head: { size: 100, root: root(1) },
    order: { ...order, ...changed },
    ...of,
  })
}

const memory: SignerMemory = {
  heads: {
    'seat:A/clerk': { size: 120, root: root(2) },
    'seat:A/leader': { size: 90, root: root(3) },
  },
  uses: { x: 3 },
}

test('heads behind the restored one give way to it, earlier ones and the counts of keys stay', (t) => {
  const statement = statementOf()
  const told = sha256Hex(statement).slice(0, 16)
  const spaced = (told.match(/.{4}/g) ?? []).join(' ').toUpperCase()
  const after = acceptRestore(memory, { statement, told: spaced, box }).memory
  t.deepEqual(after, {
    heads: {
      'seat:A/clerk': { size: 100, root: root(1) },
      'seat:A/leader': { size: 90, root: root(3) },
    },
    uses: { x: 3 },
  })
})

test('another name, too few digits, another box, another order, or no order at all change nothing', (t) => {
  const statement = statementOf()
  const told = sha256Hex(statement)
  const refused = { code: 'RESTORE_ORDER_DIFFERS' }
  for (const wrong of [told.slice(0, 15), `${told.slice(0, 15)}g`, '', told.slice(1, 20)]) {
    t.throws(() => acceptRestore(memory, { statement, told: wrong, box }), refused, wrong)
  }
  const other = { statement, told, box: 'sealbox-ffffffffffffffff' }
  t.throws(() => acceptRestore(memory, other), refused)
  // The box shows a longer loss than was signed: another statement, another name.
  const shorter = { statement: statementOf({ size: 10 }), told, box }
  t.throws(() => acceptRestore(memory, shorter), refused)
  const none = utf8('{}')
  t.throws(() => acceptRestore(memory, { statement: none, told: sha256Hex(none), box }), {
    code: 'STATEMENT_MALFORMED',
  })
})

test('only who orders the restore signs over a shorter journal', (t) => {
  const last = { size: 120, root: root(2) }
  const request = (act: string, ordered: object): SignRequest =>
    ({ act, files: [], statement: { type: 'sealbox.order', order: ordered } }) as never
  const files = new Map()
  t.is(headToContinue(request('propose-order', order), files, last), null)
  t.is(
    headToContinue(request('propose-order', { ...order, act: 'confirm-time' }), files, last),
    last,
  )
  t.is(headToContinue(request('revoke', order), files, last), last)
  const behind = { size: 99, root: root(4) }
  t.is(headToContinue(request('propose-order', order), files, behind), behind)
})
