/** `sealbox inspect`: what speaks against sealing a file, said with the page in both languages before any box is asked. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { deceptions } from '../exchange/pdf/deceptions.ts'

const sealbox = new URL('../../appliance/sealbox', import.meta.url).pathname
const [covered, plain] = deceptions['COVERED_TEXT']?.[0] ?? []
let folder: string

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealbox-inspect-'))
  writeFileSync(join(folder, 'covered.pdf'), covered ?? '')
  writeFileSync(join(folder, 'plain.pdf'), plain ?? '')
})

test.after.always(() => {
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): { status: number; text: string } {
  try {
    return {
      status: 0,
      text: execFileSync(sealbox, ['inspect', ...args], { cwd: folder, encoding: 'utf8' }),
    }
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string }
    return { status, text: stdout }
  }
}

test('a file that may not be sealed is refused with reason and page in both languages', (t) => {
  const { status, text } = run('plain.pdf', 'covered.pdf')
  t.is(status, 65)
  t.regex(
    text,
    /plain\.pdf: 1 页 pages\ncovered\.pdf: 1 页 pages\n {2}refuse COVERED_TEXT （第 1 页 page 1）: 有文字.*Text lies hidden/,
  )
})

test('a file that nothing speaks against is let through', (t) => {
  const { status, text } = run('plain.pdf', '--json')
  t.is(status, 0)
  t.deepEqual(JSON.parse(text), { file: 'plain.pdf', pages: 1, findings: [] })
})
