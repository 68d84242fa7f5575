/** The faces: stand-ins, a district's own, and files that are no fonts. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import test from 'ava'
import { ExchangeError } from '../../../exchange/errors.ts'
import { layoutDraft, loadFonts } from '../../../exchange/layout/index.ts'
import { readSfnt } from '../../../exchange/layout/sfnt.ts'
import { example } from '../draft/examples.ts'

const sans = fileURLToPath(
  import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
)

async function inFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-fonts-'))
  try {
    return await task(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('every role covers GB 2312 and the signs of official documents', async (t) => {
  const fonts = await loadFonts()
  const decoder = new TextDecoder('gb18030')
  const rows = Array.from({ length: 72 }, (_, row) =>
    Array.from({ length: 94 }, (__, cell) =>
      decoder.decode(Uint8Array.of(0xb0 + row, 0xa1 + cell)),
    ),
  )
  const all = [
    ...rows.flat().filter((char) => /^\p{Script=Han}$/u.test(char)),
    ...Array.from('〔〕《》“”‘’—…·★㎡％℃〇①②③０Ａ'),
  ]
  t.true(all.length > 6_760)
  for (const role of ['fangsong', 'song', 'hei', 'kai', 'xiaobiaosong'] as const) {
    t.deepEqual(
      all.filter((char) => fonts.glyph(role, char).missing),
      [],
      role,
    )
  }
})

test("a district's own face is used where there is one, the stand-in elsewhere", async (t) => {
  await inFolder(async (folder) => {
    await copyFile(sans, join(folder, 'kai.ttf'))
    const fonts = await loadFonts({ directory: folder })
    t.is(fonts.face('kai').name, 'kai')
    t.is(fonts.face('fangsong').name, 'NotoSerifSC-400Regular')
    const own = await layoutDraft({ draft: example('notice'), fonts, trial: false })
    const standIn = await layoutDraft({
      draft: example('notice'),
      fonts: await loadFonts(),
      trial: false,
    })
    t.not(own.pdf.length, standIn.pdf.length)
    t.is(own.pages, standIn.pages)
  })
})

test('a face that was changed while the box runs is refused, not mixed with what was measured', async (t) => {
  await inFolder(async (folder) => {
    const file = join(folder, 'hei.ttf')
    await copyFile(sans, file)
    const fonts = await loadFonts({ directory: folder })
    const bytes = await readFile(sans)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(file, bytes)
    const { code } = t.throws(() => fonts.face('hei').subset([0x4e00]), {
      instanceOf: ExchangeError,
    })
    t.is(code, 'FONT_UNUSABLE')
  })
})

test('a file that is no TrueType font is refused, whatever is in it', async (t) => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'kai.ttf'), 'OTTO and no more')
    const error = await t.throwsAsync(loadFonts({ directory: folder }), {
      instanceOf: ExchangeError,
    })
    t.is(error.code, 'FONT_UNUSABLE')
  })
  const head = (await readFile(sans)).subarray(0, 4_000)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3_999), (noise, at) => {
      const bytes = Uint8Array.from(head)
      bytes.set(noise.subarray(0, bytes.length - at), at)
      for (const file of [noise, bytes]) {
        try {
          readSfnt(file)
          return false
        } catch (error) {
          if (!(error instanceof ExchangeError) || error.code !== 'FONT_UNUSABLE') return false
        }
      }
      return true
    }),
    { seed: 20_260_105, numRuns: process.env['SEALBOX_TEST_FULL'] === '1' ? 5_000 : 200 },
  )
})
