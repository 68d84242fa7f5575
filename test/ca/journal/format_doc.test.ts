/** The commands of docs/formats/journal.md, run on its own example, give what stands there; so does our code. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { parseCheckpoint } from '../../../ca/journal/checkpoint.ts'
import { openJournalFiles, verifyJournal } from '../../../ca/journal/index.ts'
import { temporaryFolder } from './places.ts'

const page = readFileSync(new URL('../../../docs/formats/journal.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```(\S+)(?: (\S+))?\n([^]*?)^```$/gm)].map(
  ([, kind = '', name = '', text = '']) => ({ kind, name, text }),
)

test('the page on the journal format can be followed with standard tools', async (t) => {
  const folder = await temporaryFolder(t)
  for (const { name, text } of blocks.filter(({ kind }) => kind === 'text')) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  let ran = 0
  for (const [at, { kind, text }] of blocks.entries()) {
    if (kind !== 'sh') continue
    const printed = execFileSync('sh', ['-ec', text], { cwd: folder, encoding: 'utf8' })
    t.is(printed.trimEnd(), (blocks[at + 1]?.text ?? '').trimEnd(), text)
    ran++
  }
  t.is(ran, 4)
  const checkpoint = parseCheckpoint(readFileSync(join(folder, 'checkpoint'), 'utf8'))
  const files = openJournalFiles(join(folder, 'journal'))
  t.deepEqual(await verifyJournal({ files, heads: [checkpoint] }), {
    ok: true,
    entries: 4,
    rootHash: checkpoint.rootHash,
    findings: [],
  })
})
