/** What goes inside a sign request that travels as a file: all that must be looked at, attachments while there is room. */
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import { assemble, maxInlineAttachmentBytes } from '../../web/signing/assemble.ts'
import type { Asked, Built, BuiltFile } from '../../web/signing/types.ts'

const checkpoint = `box\n3\n${Buffer.alloc(32).toString('base64')}\n\n— box AAAAAAAA\n`
const asked = {
  parts: {
    box: { id: 'box', checkpoint: () => Promise.resolve(checkpoint) },
    seenHeads: { of: () => Promise.resolve(null) },
  },
  actor: { holder: 'seat:11999901PDY900018L/leader' },
  query: new URLSearchParams(),
} as unknown as Asked

const file = (as: BuiltFile['as'], bytes: number): BuiltFile => ({
  as,
  name: as,
  sha256: sha256Hex(new TextEncoder().encode(`${as} ${String(bytes)}`)),
  href: '/api/v1/x',
  read: () => Promise.resolve(new Uint8Array(bytes)),
})
const built = (files: readonly BuiltFile[]): Built => ({
  path: '/api/v1/documents/x/acts/approve',
  body: {},
  files,
  words: {},
  fileName: 'x',
})
const inside = async (...files: readonly BuiltFile[]): Promise<boolean[]> => {
  const request = await assemble(asked, { act: 'approve', built: built(files), inline: true })
  return request.files.map(({ bytes }) => bytes !== undefined)
}

test('attachments stay out of a file once they are too much, what is signed for never', async (t) => {
  const full = maxInlineAttachmentBytes
  t.deepEqual(await inside(file('draft', 10), file('attachment', full)), [true, true])
  t.deepEqual(await inside(file('draft', 10), file('attachment', full + 1)), [true, false])
  t.deepEqual(
    await inside(file('pdf', full + 1), file('attachment', full), file('attachment', 1)),
    [true, true, false],
  )
})

test('online a file is named by its place, and is inside where it has none', async (t) => {
  const { href, ...homeless } = file('roster', 3)
  t.truthy(href)
  const request = await assemble(asked, {
    ...{ act: 'register', inline: false },
    built: built([file('pdf', 3), homeless]),
  })
  const [placed, carried] = request.files
  t.is(placed?.href, '/api/v1/x')
  t.is(placed?.bytes, undefined)
  t.is(carried?.bytes, 'AAAA')
})
