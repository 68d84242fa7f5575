/** Drafts being typed: kept by unit, never overwritten by an older page, bounded. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Level } from 'level'
import test, { type ExecutionContext } from 'ava'
import { systemRandom } from '../../../ca/index.ts'
import { createScratchDrafts, type ScratchDrafts } from '../../../exchange/index.ts'

const by = 'seat:one/clerk'

async function drafts(t: ExecutionContext): Promise<ScratchDrafts> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-drafts-'))
  const scratch = new Level<string, string>(folder)
  t.teardown(async () => {
    await scratch.close()
    await rm(folder, { recursive: true })
  })
  let seconds = 0
  const clock = {
    now: () => new Date(1_795_000_000_000 + 1000 * ++seconds),
    timeSource: 'host',
    state: 'confirmed',
  } as const
  return createScratchDrafts({ scratch, clock, random: systemRandom })
}

test('a draft is kept, listed newest first, changed, and removed', async (t) => {
  const kept = await drafts(t)
  const first = await kept.put('one', { ifVersion: 0, form: { title: ['甲'] }, by })
  const second = await kept.put('one', { ifVersion: 0, form: { title: ['乙'] }, by })
  t.deepEqual(
    (await kept.list('one')).map(({ id }) => id),
    [second.id, first.id],
  )
  const again = await kept.put('one', { id: first.id, ifVersion: 1, form: { title: ['丙'] }, by })
  t.is(again.version, 2)
  t.deepEqual((await kept.get('one', first.id)).form, { title: ['丙'] })
  await kept.remove('one', first.id)
  await t.throwsAsync(kept.get('one', first.id), { code: 'NOT_FOUND' })
})

test('another unit’s draft does not exist', async (t) => {
  const kept = await drafts(t)
  const { id } = await kept.put('one', { ifVersion: 0, form: {}, by })
  await t.throwsAsync(kept.get('two', id), { code: 'NOT_FOUND' })
  await t.throwsAsync(kept.put('two', { id, ifVersion: 1, form: {}, by }), {
    code: 'VERSION_STALE',
  })
  t.deepEqual(await kept.list('two'), [])
})

test('a page left open never overwrites newer work, not even at the same moment', async (t) => {
  const kept = await drafts(t)
  const { id } = await kept.put('one', { ifVersion: 0, form: { title: ['早'] }, by })
  const save = (title: string) =>
    kept.put('one', { id, ifVersion: 1, form: { title: [title] }, by })
  const both = await Promise.allSettled([save('新'), save('旧')])
  t.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  t.deepEqual((await kept.get('one', id)).form, { title: ['新'] })
  const stale = await t.throwsAsync(save('更旧'), { code: 'VERSION_STALE' })
  t.like(stale, { details: { now: 2 } })
})

test('what is too large is refused and nothing is kept', async (t) => {
  const kept = await drafts(t)
  const form = { body: ['局'.repeat(250_000)] }
  await t.throwsAsync(kept.put('one', { ifVersion: 0, form, by }), { code: 'DRAFT_REFUSED' })
  t.deepEqual(await kept.list('one'), [])
})

test('long drafts of a unit together take no more than 16 MB', async (t) => {
  const kept = await drafts(t)
  const form = { body: ['局'.repeat(230_000)] }
  const save = () => kept.put('one', { ifVersion: 0, form, by })
  for (let at = 0; at < 24; at++) await save()
  await t.throwsAsync(save(), { code: 'DRAFT_REFUSED' })
  const short = { body: ['局'] }
  t.is((await kept.put('two', { ifVersion: 0, form, by })).version, 1)
  const [first] = await kept.list('one')
  const { id = '' } = first ?? {}
  t.is((await kept.put('one', { id, ifVersion: 1, form: short, by })).version, 2)
})

test('a unit has no more than 200 drafts', async (t) => {
  const kept = await drafts(t)
  for (let at = 0; at < 200; at++) await kept.put('one', { ifVersion: 0, form: {}, by })
  await t.throwsAsync(kept.put('one', { ifVersion: 0, form: {}, by }), { code: 'DRAFT_REFUSED' })
  t.is((await kept.put('two', { ifVersion: 0, form: {}, by })).version, 1)
})
