/** What is too much for one zip is refused before any of it is read. */
import test from 'ava'
import type { Blobs, Sha256, Views } from '../../../ca/index.ts'
import type { Directory } from '../../../exchange/directory/directory.ts'
import type { Principal } from '../../../exchange/directory/types.ts'
import { createHoldings, maxHoldingsBytes } from '../../../exchange/document/holdings.ts'

const hash = '0'.repeat(64) as Sha256
const clerk: Principal = {
  kind: 'seat',
  holder: 'seat:A/clerk',
  certificate: hash,
  unit: 'A',
  seat: 'clerk',
  duties: [],
}

function open(attachments: readonly number[], blobBytes = 10) {
  const reads: string[] = []
  const record = {
    id: 'a'.repeat(26),
    stage: 'drafted',
    form: 'uploaded',
    issuers: ['A'],
    draft: hash,
    approvedHash: hash,
    head: hash,
    attachments: attachments.map((bytes) => ({ bytes, sha256: hash })),
    draftedAt: '2026-01-01T00:00:00.000Z',
    approvals: [],
  }
  const draft = { attachments: attachments.map(() => ({ fileName: '附件.bin' })) }
  const views = {
    getMany: () => Promise.resolve([{ version: 1, value: record }, undefined]),
    scan: async function* () {
      // No copies.
    },
  } as unknown as Views
  const blobs = {
    get: (name: string) => {
      reads.push(name)
      const json = new TextEncoder().encode(JSON.stringify(draft))
      return Promise.resolve(reads.length === 1 ? json : new Uint8Array(blobBytes))
    },
  } as unknown as Blobs
  const holdings = createHoldings({
    views,
    blobs,
    heads: () => Promise.resolve({ title: '通知', kind: '通知', issuers: [], urgency: null }),
    directory: { units: () => Promise.resolve([]) } as unknown as Directory,
    archive: { recordOf: () => Promise.resolve(undefined) },
    chain: [],
    districtName: '区',
  })
  return { holdings, reads }
}

test('attachments beyond the bound are refused unread', async (t) => {
  const { holdings, reads } = open([maxHoldingsBytes / 2, maxHoldingsBytes / 2 + 1])
  await t.throwsAsync(holdings(clerk, 'x'), { code: 'HOLDINGS_TOO_LARGE' })
  t.is(reads.length, 1, 'their names alone')
})

test('a PDF that makes it too much is refused', async (t) => {
  const { holdings } = open([maxHoldingsBytes - 5])
  await t.throwsAsync(holdings(clerk, 'x'), { code: 'HOLDINGS_TOO_LARGE' })
})

test('what fits is zipped, attachments of one name side by side', async (t) => {
  const { holdings } = open([5, 5])
  const { bytes, fileName } = await holdings(clerk, 'x')
  t.is(fileName, '通知.zip')
  const names = Buffer.from(bytes).toString('utf8')
  t.true(names.includes('attachments/附件.bin') && names.includes('attachments/附件 (2).bin'))
})

test('another unit has nothing to take away', async (t) => {
  const { holdings, reads } = open([5])
  await t.throwsAsync(holdings({ ...clerk, unit: 'B' }, 'x'), { code: 'NOT_FOUND' })
  t.is(reads.length, 0)
})
