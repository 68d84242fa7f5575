/** How many orders of two officers one officer may have open, at a whole box. */
import test from 'ava'
import { toBase64 } from '../../ca/index.ts'
import { createOrderDesk, statementAttributes, type Statement } from '../../exchange/index.ts'
import { newOrder, proposedOrder } from '../exchange/unit/asking.ts'
import { openTestBox, type Reply, type TestBox, type TestPerson } from './box_fixture.ts'

let box: TestBox
let busy: TestPerson
let second: TestPerson

test.before(async () => {
  box = await openTestBox()
  busy = await box.appoint('officer-busy', 'officer')
  second = await box.appoint('officer-two', 'officer')
})
test.after.always(() => box.close())

async function propose(): Promise<Reply> {
  const json = await box.sign(busy.signing, {
    ...{ type: 'sealbox.order', signer: busy.holder, order: newOrder(box), reason: '失窃' },
    expires: new Date(Date.now() + 86_400_000).toISOString(),
  })
  return box.act('/api/v1/orders/acts/propose', { as: busy.login, json })
}

/** Asks for what would be signed to propose another one; gives the refusal's code. */
async function asked(): Promise<unknown> {
  const order = JSON.stringify(newOrder(box))
  const query = new URLSearchParams({ act: 'propose-order', order, reason: '失窃' })
  const path = `/api/v1/sign-request?${query.toString()}`
  return (await box.request({ path, as: busy.login })).code
}

async function withdraw(order: string): Promise<Reply> {
  const statement = { type: 'sealbox.order-withdrawal', signer: busy.holder, order }
  const json = await box.sign(busy.signing, statement)
  return box.act(`/api/v1/orders/${order}/acts/withdraw`, { as: busy.login, json })
}

async function countersign(order: string): Promise<Reply> {
  const as = second.login
  const { bytes } = await box.request({ path: `/api/v1/orders/${order}/statement`, as })
  const statement = JSON.parse(new TextDecoder().decode(bytes)) as Statement
  const { signer, name: certificate } = second.signing
  const signature = await signer.sign(statementAttributes(statement, signer.certificate))
  const json = { signature: toBase64(signature), certificate }
  return box.act(`/api/v1/orders/${order}/acts/countersign`, { as, json })
}

/** The box's desk as it is so much later. */
function deskLater(aheadMs: number) {
  const { parts } = box
  return createOrderDesk({
    ...parts,
    clock: { ...parts.clock, now: () => new Date(Date.now() + aheadMs) },
    acts: {
      'state-compromise': {
        check: () => Promise.resolve(),
        prepare: () => Promise.reject(new Error('nothing is carried out here')),
      },
    },
  })
}

test.serial('the twenty-first is refused, also of many at once, and journalled', async (t) => {
  // None slips in while another is counted.
  const replies = await Promise.all(Array.from({ length: 23 }, propose))
  const isTaken = ({ status }: Reply): boolean => status === 201
  t.is(replies.filter(isTaken).length, 20)
  const refused = replies.filter((reply) => !isTaken(reply))
  t.deepEqual(
    refused.map(({ status, code }) => ({ status, code })),
    Array(3).fill({ status: 409, code: 'ORDER_TOO_MANY' }),
  )
  t.is(await asked(), 'ORDER_TOO_MANY', 'before anything is signed')
  const [noted] = await box.entries(0, 'act.refused')
  t.is(noted?.actor.holder, busy.holder)
  t.is(noted?.data['code'], 'ORDER_TOO_MANY')
  t.truthy(await proposedOrder(box, second), 'another officer proposes on')
})

test.serial('what is withdrawn, carried out or over frees a place', async (t) => {
  const own = (await box.parts.orders.list()).filter((one) => one.proposed.holder === busy.holder)
  const [first, another] = own.map(({ order }) => order)
  if (first === undefined || another === undefined) throw new TypeError('two orders')
  for (const [what, free] of [
    ['withdrawn', () => withdraw(first)],
    ['carried out', () => countersign(another)],
  ] as const) {
    t.is((await propose()).code, 'ORDER_TOO_MANY')
    t.is((await free()).status, 200, what)
    t.is(await asked(), undefined, what)
    t.is((await propose()).status, 201, what)
  }
  const order = newOrder(box)
  await t.throwsAsync(deskLater(0).check(order, busy.holder), { code: 'ORDER_TOO_MANY' })
  await t.notThrowsAsync(deskLater(2 * 86_400_000).check(order, busy.holder))
})
