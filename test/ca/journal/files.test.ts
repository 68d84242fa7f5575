/** Segment files in a folder: what is appended is read back, a name is made once, a cut is a cut. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { openJournalFiles } from '../../../ca/journal/index.ts'
import { seededRandom, temporaryFolder } from './places.ts'

test('bytes small and large are appended, read by ranges, and cut', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'README'), 'no segment')
  const files = openJournalFiles(folder)
  const parts = [10, 200_000, 70_000, 1].map((length) => seededRandom(length)(length))
  await files.create('00000001.seg')
  for (const part of parts) await files.append('00000001.seg', part)
  await files.create('00000002.seg')
  await files.append('00000002.seg', Uint8Array.of(1, 2, 3))
  await files.append('00000001.seg', Uint8Array.of(4))
  const whole = Buffer.concat([...parts, Uint8Array.of(4)])
  t.deepEqual(await files.list(), ['00000001.seg', '00000002.seg'])
  t.true(whole.equals(await files.read('00000001.seg')))
  t.true(whole.subarray(5, 205).equals(await files.read('00000001.seg', 5, 200)))
  t.is((await files.read('00000002.seg', 2, 100)).length, 1)
  t.is((await files.read('00000002.seg', 9)).length, 0)
  await files.truncate('00000002.seg', 1)
  await files.append('00000002.seg', Uint8Array.of(9))
  t.deepEqual([...(await files.read('00000002.seg'))], [1, 9])
  await files.close()
})

test('a segment that exists is not made again, one that does not is not read', async (t) => {
  const files = openJournalFiles(await temporaryFolder(t))
  await files.create('00000001.seg')
  await t.throwsAsync(files.create('00000001.seg'), { code: 'EEXIST' })
  await t.throwsAsync(files.read('00000002.seg'), { code: 'ENOENT' })
})
