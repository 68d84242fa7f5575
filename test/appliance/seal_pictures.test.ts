/** Pictures of seals in the folder of data: taken by the unit's code, told in the log where they are none. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { loadSealPictures } from '../../appliance/box/seal_pictures.ts'
import { createMarks, createPagePictures, loadFonts, markOutlines } from '../../exchange/index.ts'
import type { Log } from '../../web/index.ts'
import { testMark } from '../exchange/seal/bases.ts'
import { samplePdf, stream } from '../exchange/pdf/sample.ts'

const unit = '11530902MB0000001X'
const outlines = markOutlines(await loadFonts())

test('a picture in the folder is the mark of its unit, and of no other', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-pictures-'))
  const pictures = createPagePictures()
  t.teardown(async () => {
    await pictures.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const directory = join(folder, 'seal-pictures')
  const told: unknown[] = []
  const log = { error: (facts: unknown) => told.push(facts) } as unknown as Log
  const load = () => loadSealPictures({ directory, pictures, log })
  t.is((await load()).size, 0)
  mkdirSync(directory)
  const content = new TextDecoder().decode(testMark(400).content)
  writeFileSync(join(folder, 'p.pdf'), samplePdf({ 4: stream(content) }))
  const target = join(directory, unit)
  execFileSync('pdftoppm', ['-r', '72', '-singlefile', '-png', join(folder, 'p.pdf'), target], {
    stdio: 'pipe',
  })
  writeFileSync(join(directory, '11530902MB0000002X.jpg'), 'no picture')
  writeFileSync(join(directory, 'readme.txt'), '')
  const loaded = await load()
  t.deepEqual([...loaded.keys()], [unit])
  t.is(told.length, 2)
  const marks = createMarks({ outlines, trial: false, pictures: loaded })
  const [own, other] = [marks({ name: '甲局', unit }, 119), marks({ name: '甲局', unit: '' }, 119)]
  t.is(own.picture, loaded.get(unit))
  t.is(other.picture, undefined)
  t.is(marks({ name: '甲局', unit }, 119), own)
})
