/** What an auditor is told when something is wrong: a journal that was rewritten or cut, an export that is too large. */
import test from 'ava'
import type { Journal } from '../../../ca/index.ts'
import { maxExportBytes } from '../../../web/pages/auditor/export.ts'
import { openTestBox, type TestBox } from '../box_fixture.ts'
import { browserOf, type Browser } from './browse.ts'

/** What the pages see of the journal; tests turn it. */
const seen = { isForked: false, size: undefined as number | undefined, exportBytes: 0 }
let box: TestBox
let auditor: Browser

test.before(async () => {
  box = await openTestBox({
    parts: (parts) => ({
      ...parts,
      journal: turned(parts.journal),
      journalCopy: {
        bytes: () => Promise.resolve(seen.exportBytes),
        files: () => Promise.reject(new TypeError('not to be read')),
      },
    }),
  })
  auditor = browserOf(box, (await box.appoint('auditor-1', 'auditor')).login)
})
test.after.always(() => box.close())

function turned(journal: Journal): Journal {
  return Object.create(journal, {
    size: { get: () => seen.size ?? journal.size },
    head: {
      value: async (size?: number) => {
        const head = await journal.head(size)
        return seen.isForked ? { ...head, rootHash: head.rootHash.toReversed() } : head
      },
    },
  }) as Journal
}

test.serial('a checkpoint whose head the journal no longer has names the fork', async (t) => {
  const { text: checkpoint } = await auditor.get('/journal/heads/file')
  seen.isForked = true
  const { status, text } = await auditor.post('/journal/heads', { fields: { checkpoint } })
  seen.isForked = false
  t.is(status, 200)
  t.true(text.includes('notice bad'))
  t.true(text.includes('日志被改写或分叉'))
})

test.serial('a checkpoint beyond the end of the journal names what is gone', async (t) => {
  const { text: checkpoint } = await auditor.get('/journal/heads/file')
  seen.size = 3
  const { text } = await auditor.post('/journal/heads', { fields: { checkpoint } }, 'en')
  seen.size = undefined
  t.true(text.includes('this journal only 3'))
})

test.serial('a journal that is too large is not packed; the page names the command', async (t) => {
  seen.exportBytes = maxExportBytes + 1
  for (const path of ['/journal/export', '/journal/export/file']) {
    const { status, text } = await auditor.get(path)
    t.is(status, path.endsWith('file') ? 413 : 200)
    t.true(text.includes('sealbox journal export --out DIR'), path)
    t.false(text.includes('href="/journal/export/file"'), path)
  }
})
