/** A trial box rolls its root and its issuing authority over with the root key that it has; no shares are asked for. */
import { join } from 'node:path'
import test from 'ava'
import { openBox } from '../../../appliance/box/box.ts'
import { readLaterAnswers } from '../../../appliance/ceremony/answers.ts'
import { openAtRest, takeRoot } from '../../../appliance/ceremony/box_at_rest.ts'
import { newCeremony, type Concluded, type Held } from '../../../appliance/ceremony/later.ts'
import { holdRollOver } from '../../../appliance/ceremony/roll_over.ts'
import { holdRootList } from '../../../appliance/ceremony/root_list.ts'
import { firstBoot } from '../../../appliance/box/first_boot.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import { temporaryFolder } from '../places.ts'

const log = { info: () => undefined, error: () => undefined }

test('a trial box rolls over with its own root key, and goes on signing the lists of both roots', async (t) => {
  const folder = await temporaryFolder(t)
  const directory = join(folder, 'data')
  await firstBoot({
    ...{ directory, districtName: '测试区', hostNames: ['localhost'] },
    ...{ pkiUrl: 'http://localhost:8080', zone: 'Asia/Shanghai' },
  })
  const hold = async (work: (held: Held) => Promise<Concluded>): Promise<Concluded> => {
    const box = await openAtRest({ directory, secrets: {} })
    try {
      const inHand = await takeRoot(box, { folder: undefined, shares: [] })
      return await work({
        ...{ box, inHand, plan: readLaterAnswers(undefined), ceremony: newCeremony(box) },
        ...{
          out: join(folder, 'papers'),
          pageHashes: () => Promise.resolve({ signer: '0'.repeat(64), verifier: '1'.repeat(64) }),
        },
      })
    } finally {
      await box.close()
    }
  }
  const { minutes } = await hold((held) => holdRollOver(held, 'root'))
  t.is(minutes.shares, null)
  await hold((held) => holdRollOver(held, 'issuing'))
  await t.throwsAsync(
    hold((held) => holdRootList(held)),
    { code: 'CEREMONY_REFUSED' },
  )
  const box = await openBox({ directory, log, url: 'https://localhost:8443' })
  t.teardown(() => box.close())
  const { authority } = box.parts
  t.is(authority.roots.length, 2)
  t.deepEqual(
    authority.authorities.map(({ key }) => key),
    ['root', 'issuing', 'root-2', 'issuing-2'],
  )
  for (const key of ['root', 'root-2', 'issuing', 'issuing-2']) {
    t.true((await authority.crl(key)).nextUpdate > new Date(), key)
  }
  for (const root of authority.roots) t.regex(readCertificate(root).subject.text, /TRIAL/)
})
