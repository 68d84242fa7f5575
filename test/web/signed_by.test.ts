/** What a certificate signed: every binding act is found by the certificate of the key that signed it, before and after a moment. */
import test from 'ava'
import { countSignedBy, isSignedByCursor, signedBy, signedTypes } from '../../exchange/index.ts'
import { openTestBox, type TestBox, type TestKey } from './box_fixture.ts'
import { dispatched, drafted } from './trip.ts'

let box: TestBox

test.before(async () => {
  box = await openTestBox()
})
test.after.always(() => box.close())

const acts = async ({ name }: Pick<TestKey, 'name'>): Promise<string[]> => {
  const { items } = await signedBy(box.parts.journal.views, { certificate: name, limit: 100 })
  return items.map(({ type }) => type)
}

test.serial(
  'each act of a document’s life stands under the certificate that signed it, and under no other',
  async (t) => {
    const [one, two, three] = box.units
    const between = { issuers: [one], main: [two], copies: [three] }
    const { id } = await dispatched(between)
    await two.clerk.signFor(id)
    await three.clerk.returnToSender(id, '缺少附件')
    t.deepEqual(await acts(one.keys.leaderSigning), ['document.approved'])
    t.deepEqual(await acts(one.keys.seal), ['document.sealed'])
    t.deepEqual(await acts(one.keys.clerkSigning), ['document.dispatched'])
    t.deepEqual(await acts(two.keys.clerkSigning), ['document.receipted'])
    t.deepEqual(await acts(three.keys.clerkSigning), ['document.returned'])
    for (const key of [one.keys.clerk, one.keys.leader, two.keys.seal]) {
      t.deepEqual(await acts(key), [])
    }
  },
)

test.serial('what an officer signed stands under their signing certificate', async (t) => {
  await box.appoint('auditor-9', 'auditor')
  const found = await acts(box.officer.signing)
  t.true(found.includes('roster.registered'))
  t.true(found.includes('person.appointed'))
  t.deepEqual(
    found.filter((type) => !signedTypes.some((one) => one === type)),
    [],
  )
  t.deepEqual(await acts(box.officer.login), [])
})

test.serial(
  'a moment parts what was signed before it from what was signed after it, in pages',
  async (t) => {
    const [one, two] = box.units
    const { views } = box.parts.journal
    const certificate = one.keys.leaderSigning.name
    const { id } = await drafted({ issuers: [one], main: [two] })
    const moment = box.parts.clock.now().toISOString()
    await one.leader.approve(id)
    const before = await signedBy(views, { certificate, before: moment, limit: 50 })
    const after = await signedBy(views, { certificate, from: moment, limit: 50 })
    const all = await signedBy(views, { certificate, limit: 50 })
    t.true(before.items.every(({ at }) => at < moment))
    t.true(after.items.every(({ at }) => at >= moment))
    t.deepEqual([...before.items, ...after.items], [...all.items])
    t.is(after.items.at(-1)?.subject, `document:${id}`)
    const paged: number[] = []
    let cursor: string | undefined
    do {
      const page = await signedBy(views, {
        certificate,
        limit: 1,
        ...(cursor && { after: cursor }),
      })
      paged.push(...page.items.map(({ index }) => index))
      cursor = page.next
      t.true(cursor === undefined || isSignedByCursor(cursor))
    } while (cursor !== undefined)
    t.deepEqual(
      paged,
      all.items.map(({ index }) => index),
    )
    t.deepEqual(await countSignedBy(views, { certificate, limit: 1 }), { count: 1, hasMore: true })
  },
)
