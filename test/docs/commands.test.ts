/** The commands of the pages on formats, run on the example files, print what stands there; our own verifier passes the same files. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { fromBase64 } from '../../ca/path/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'

const formats = fileURLToPath(new URL('../../docs/formats', import.meta.url))
const example = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(formats, 'example', name)))
/** While the example's certificates were valid; as `-attime` in the pages. */
const at = new Date('2026-11-24T00:00:00Z')

interface Block {
  readonly kind: string
  readonly text: string
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(formats, page), 'utf8')
  return [...text.matchAll(/^```(\S*)\n([^]*?)^```$/gm)].map(([, kind = '', block = '']) => ({
    kind,
    text: block,
  }))
}

for (const [page, commands, files = 'example'] of [
  ['statement.md', 3],
  ['sealed-pdf.md', 5],
  ['evidence-record.md', 3, 'example-record'],
] as const) {
  test(`the commands of ${page} print what stands there`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sealbox-docs-'))
    t.teardown(() => {
      rmSync(folder, { recursive: true })
    })
    cpSync(join(formats, files), folder, { recursive: true })
    const blocks = blocksOf(page)
    let ran = 0
    for (const [place, { kind, text }] of blocks.entries()) {
      if (kind !== 'sh') continue
      const printed = execFileSync('bash', ['-ec', text], { cwd: folder, encoding: 'utf8' })
      t.is(printed.trimEnd(), (blocks[place + 1]?.text ?? '').trimEnd(), text)
      ran++
    }
    t.is(ran, commands)
  })
}

test('the example files pass, and with an altered octet they do not', async (t) => {
  const root = new TextDecoder().decode(example('root.pem')).replace(/-----[^-]+-----|\s/g, '')
  const trust = [fromBase64(root)]
  const signature = example('notice.receipt.json.p7s')
  for (const name of ['notice.pdf', 'notice.receipt.json']) {
    const bytes = example(name)
    const companions = name.endsWith('.json') ? { signature } : {}
    const report = await verifyFile({ name, bytes, trust, at, companions })
    t.is(report.verdict, 'TOTAL-PASSED', name)
    bytes[200] = (bytes[200] ?? 0) ^ 1
    const altered = await verifyFile({ name, bytes, trust, at, companions })
    t.is(altered.verdict, 'TOTAL-FAILED', name)
  }
})

test('the example of a receipt on the page is the file', (t) => {
  const page = readFileSync(join(formats, 'statement.md'), 'utf8')
  t.true(page.includes(`\n${new TextDecoder().decode(example('notice.receipt.json'))}\n`))
})
