/** Signatures of a busy moment come from a thread of their own, each to who asked for it. */
import { generateKeyPairSync, verify } from 'node:crypto'
import test from 'ava'
import { createSigningThread } from '../../../ca/keys/signing_thread.ts'

for (const count of [1, 3, 4, 500]) {
  test(`${String(count)} at once are each signed by the key, over their own bytes`, async (t) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const signOften = createSigningThread(privateKey)
    const asked = Array.from({ length: count }, (_, at) => Buffer.from(`statement ${String(at)}`))
    const signatures = await Promise.all(asked.map((bytes) => signOften(bytes)))
    t.true(asked.every((bytes, at) => verify('sha256', bytes, publicKey, signatures[at] ?? bytes)))
    const [first = new Uint8Array(), second] = signatures
    if (second) t.false(verify('sha256', asked[1] ?? first, publicKey, first))
  })
}

test('a key that cannot sign fails whoever asked, few or many, and the next ones too', async (t) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signOften = createSigningThread(publicKey)
  for (const count of [1, 20, 20]) {
    const asked = Array.from({ length: count }, () => signOften(new Uint8Array(8)))
    const settled = await Promise.allSettled(asked)
    t.true(settled.every(({ status }) => status === 'rejected'))
  }
})
