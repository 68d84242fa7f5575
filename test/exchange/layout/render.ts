/** Pictures and characters of a painted PDF, by Poppler and MuPDF: what a reader sees, not what the file claims. Test support. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** Runs a task with the PDF in a file of a temporary folder. */
export async function withPdf<T>(
  pdf: Uint8Array,
  task: (file: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-layout-'))
  try {
    const file = join(folder, 'document.pdf')
    await writeFile(file, pdf)
    return await task(file, folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A picture, three bytes a pixel. */
export interface Picture {
  width: number
  height: number
  rgb: Uint8Array
}

export type Renderer = 'poppler' | 'mupdf'

/** Paints one page (from 1). */
export async function picture(
  pdf: Uint8Array,
  options: { page: number; dpi: number; by: Renderer },
): Promise<Picture> {
  const { page, dpi, by } = options
  return withPdf(pdf, async (file, folder) => {
    const out = join(folder, 'page')
    const [number, resolution] = [String(page), String(dpi)]
    if (by === 'poppler') {
      await run('pdftoppm', [
        '-r',
        resolution,
        '-f',
        number,
        '-l',
        number,
        '-singlefile',
        file,
        out,
      ])
    } else {
      await run('mutool', [
        'draw',
        '-q',
        '-r',
        resolution,
        '-o',
        `${out}.ppm`,
        '-F',
        'ppm',
        file,
        number,
      ])
    }
    return readPpm(await readFile(`${out}.ppm`))
  })
}

function readPpm(bytes: Uint8Array): Picture {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(
    Buffer.from(bytes.subarray(0, 40)).toString('latin1'),
  )
  if (head === null) throw new TypeError('no PPM')
  return { width: Number(head[1]), height: Number(head[2]), rgb: bytes.subarray(head[0].length) }
}

/** Darkness 0 to 1 of a pixel. */
export function darkness({ width, rgb }: Picture, x: number, y: number): number {
  const at = 3 * (y * width + x)
  return 1 - ((rgb[at] ?? 255) + (rgb[at + 1] ?? 255) + (rgb[at + 2] ?? 255)) / 765
}

/** Whether a pixel is clearly red. */
export function isRed({ width, rgb }: Picture, x: number, y: number): boolean {
  const at = 3 * (y * width + x)
  return (rgb[at] ?? 0) > 150 && (rgb[at + 1] ?? 255) < 110 && (rgb[at + 2] ?? 255) < 110
}

/** How many pixels of each row satisfy a test. */
export function countRows(
  shot: Picture,
  isInk: (shot: Picture, x: number, y: number) => boolean,
): number[] {
  return Array.from(
    { length: shot.height },
    (_, y) =>
      Array.from({ length: shot.width }, (__, x) => isInk(shot, x, y)).filter(Boolean).length,
  )
}

/** A character where MuPDF finds it: origin on the baseline, mm from the top left. */
export interface PlacedCharacter {
  character: string
  x: number
  y: number
  right: number
  size: number
}

/** All characters of a page (from 1), in painting order. */
export async function characters(pdf: Uint8Array, page: number): Promise<PlacedCharacter[]> {
  return withPdf(pdf, async (file) => {
    const { stdout } = await run(
      'mutool',
      ['draw', '-q', '-F', 'stext', '-o', '-', file, String(page)],
      {
        maxBuffer: 1 << 26,
      },
    )
    const mm = (points: string | undefined) => (Number(points) * 25.4) / 72
    let size = 0
    const found: PlacedCharacter[] = []
    for (const [, font, quad, x, y, c] of stdout.matchAll(
      /<font [^>]*size="([\d.]+)"|<char quad="([^"]*)" x="([^"]*)" y="([^"]*)"[^>]* c="([^"]*)"/g,
    )) {
      if (font !== undefined) size = Number(font)
      else {
        const right = mm(quad?.split(' ')[2])
        found.push({ character: unescape(c ?? ''), x: mm(x), y: mm(y), right, size })
      }
    }
    return found
  })
}

function unescape(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
