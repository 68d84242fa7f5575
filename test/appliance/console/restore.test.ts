/** A box that comes back at the console: from sticks in the image, from a folder elsewhere; and what is refused, in words, with nothing left. */
import { existsSync, lstatSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { pino } from 'pino'
import { makeAside, restoreOf } from '../../../appliance/backup/beside.ts'
import { readRestoration } from '../../../appliance/backup/restoration.ts'
import { journalSigner } from '../../../appliance/backup/of_box.ts'
import { openBox } from '../../../appliance/box/box.ts'
import { readBoxFile } from '../../../appliance/box/data_folder.ts'
import { newestChain } from '../../../appliance/console/steps/take_backups.ts'
import { fromBase64, readBackupShare, signCheckpoint, toPem } from '../../../ca/index.ts'
import { identityFile, ageKeyPair } from '../../../appliance/backup/age/index.ts'
import { custodians, initIn, passphrase } from '../ceremony/production.ts'
import { smallBox, type SmallBox } from '../backup/small_box.ts'
import { startKeys } from '../keys_process/processes.ts'
import { run, sealbox } from '../places.ts'
import { stage, type Stage } from './restoring.ts'
import type { Typed } from './typed.ts'

const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot(
  'a production box comes back from sticks: shares, wrong passphrase, root off paper, then it waits for two officers',
  async (t) => {
    const at = await stage(t)
    const { stick } = at.paths
    const { papers, root } = await initIn(at.folder)
    const secret = join(at.folder, 'passphrase')
    await writeFile(secret, passphrase)
    const [full, part] = ['b-20261126T020000-full', 'b-20261127T020000-more'].map(
      (name) => `${name}.sealbox-backup`,
    )
    const args = ['--data', join(at.folder, 'data'), '--passphrase-file', secret]
    const backUp = async (...more: string[]): Promise<void> => {
      const { status, stderr } = await run(sealbox, ['backup', ...more, ...args])
      t.is(status, 0, stderr)
    }
    await backUp(join(stick, full ?? ''))
    await backUp(join(stick, part ?? ''), '--since', join(stick, full ?? ''))
    await writeFile(join(stick, 'b-20261120T020000-full.sealbox-backup'), 'an older one')

    const typed = at.start()
    await typed.answer('按回车开始设置', '')
    await typed.answer('1-4：', '3')
    await typed.answer('插好后按回车', '')
    await typed.answer('编号之间空格 [2 3]', '')
    await typed.see('正在读取 2/2')
    await typed.answer('1-2 [1]', '')
    // Nothing that opens it lies on this stick.
    await typed.answer('插好后按回车', '')
    await typed.see('没有备份密钥的份额')
    const whole = await readFile(join(papers, 'backup-share-2-of-2.json'), 'utf8')
    const cut = whole.slice(0, 300)
    await writeFile(join(stick, 'backup-share-2-of-2.json'), cut)
    await typed.answer('插好后按回车', '')
    await typed.see('（CA_SHARE_MALFORMED）；backup-share-2-of-2.json')
    for (const [number, custodian] of custodians.slice(0, 2).entries()) {
      await rm(stick, { recursive: true })
      // On the first stick there are both, of which one is chosen.
      for (const of of number === 0 ? [1, 2] : [2]) {
        const name = `backup-share-${String(of)}-of-2.json`
        await mkdir(join(stick, 'ceremony-0123abcd'), { recursive: true })
        await cp(join(papers, name), join(stick, 'ceremony-0123abcd', name))
      }
      // A copy that was cut hides no whole one.
      await writeFile(join(stick, 'backup-share-2-of-2.json'), cut)
      await typed.answer('插好后按回车', '')
      await typed.see('读不出，略过：backup-share-2-of-2.json')
      if (number === 0) await typed.answer('哪一份', '1')
      const words = number === 0 ? 'not this one' : custodian.passphrase
      await typed.answer(`请 ${custodian.name} 输入份额的口令`, words)
    }
    await typed.see('口令打不开这份份额（CA_SHARE_LOCKED）')
    await typed.answer('请 赵 输入份额的口令', custodians[0]?.passphrase ?? '')
    await typed.answer('指纹', 'ab'.repeat(32))
    await typed.see('备份不在这张根证书之下')
    t.false(typed.shown().includes(root), 'it is copied from paper, not from the screen')
    await typed.answer('指纹', root.toUpperCase().replace(/(.{4})/g, '$1 '))
    await typed.answer('1-2 [1]', '1')
    await typed.see('日志与签名的树头一致')
    await typed.see('示范区')
    await typed.see('等两名安全员用双人令确认')
    t.false(existsSync(at.paths.box), 'there is no box before the last answer')
    await typed.answer('1-2：', '1')
    await typed.see('由备份恢复，等两名安全员用双人令确认')
    await typed.see('按回车看菜单')

    const { box, keys, exchange, run: memory } = at.paths
    t.is(readBoxFile(box).mode, 'production')
    t.true(readRestoration(box)?.confirm)
    t.deepEqual(await readdir(keys), ['issuing.key', 'recipient'])
    const share = readBackupShare(await readFile(join(papers, 'backup-share-1-of-2.json'), 'utf8'))
    t.is(await readFile(join(keys, 'recipient'), 'utf8'), `${share.recipient}\n`)
    t.false((await readdir(join(box, 'keys'))).includes('issuing.key'))
    t.is(lstatSync(join(box, 'journal')).uid, 700)
    t.deepEqual(await readdir(join(exchange, 'restore')), [], 'the copies are gone')
    t.deepEqual(await readdir(join(memory, 'sealbox-papers')), [])
    for (const { passphrase: typedOne } of custodians) {
      t.false(typed.shown().includes(typedOne), 'no passphrase is shown')
    }
    const issuing = await startKeys(keys, { more: ['--passphrase-file', secret] })
    t.teardown(() => issuing.stop())
    const opened = await openBox({
      ...{ directory: box, log: pino({ level: 'silent' }), url: 'https://localhost:8443' },
      ...{ secrets: { passphrase }, keysSocket: issuing.socket },
    })
    t.truthy(opened.parts.restored(), 'it opens by its passphrase and its own keys, and waits')
    await opened.close()
  },
)

/** To the kind, and on to where the backups lie. */
async function beginRestore(typed: Typed, folder: string): Promise<void> {
  await typed.answer('1-3：', '3')
  await typed.answer('所在的文件夹', folder)
}

/** After the backups were chosen: the folder with the key, no fingerprint. */
async function giveKey(typed: Typed, folder: string): Promise<void> {
  await typed.answer('1-2 [1]', '')
  await typed.answer('所在的文件夹', folder)
}

interface Backed extends Stage {
  readonly box: SmallBox
  /** With a full backup and a part. */
  readonly stick: string
  /** With the key file. */
  readonly key: string
}

async function backedUp(t: Parameters<typeof stage>[0]): Promise<Backed> {
  const at = await stage(t, { isImage: false })
  const box = await smallBox(t)
  const [stick, key] = [join(at.folder, 'one'), join(at.folder, 'two')]
  for (const folder of [stick, key]) await mkdir(folder)
  await box.fill(20)
  const full = await box.backUp('full.sealbox-backup')
  await box.fill(5)
  const part = await box.backUp('part.sealbox-backup', 'last')
  await cp(full, join(stick, 'full.sealbox-backup'))
  await cp(part, join(stick, 'part.sealbox-backup'))
  await cp(await box.identityFile(), join(key, 'sealbox-backup-key-01234567.txt'))
  return { ...at, box, stick, key }
}

test('a trial box comes back from a folder, though the power went before the last answer; what was cut short is gone', async (t) => {
  const at = await backedUp(t)
  const first = at.start()
  await first.answer('按回车开始设置', '')
  const toTheEnd = async (typed: Typed): Promise<void> => {
    await typed.answer('编号之间空格 [1 2]', '')
    await giveKey(typed, at.key)
    await typed.answer('指纹', '')
    await typed.answer('1-2 [1]', '1')
    await typed.answer('1-2 [1]', '2')
    await typed.see('这份备份')
    await typed.see('测试区')
  }
  await beginRestore(first, at.stick)
  await toTheEnd(first)
  first.hangUp()
  // As a cut leaves it: a draft, and the answers up to the kind.
  await makeAside(restoreOf(at.paths.box))
  await mkdir(join(restoreOf(at.paths.box), 'data/blobs'), { recursive: true })
  t.false(existsSync(at.paths.box))

  const second = at.start()
  await second.answer('按回车开始设置', '')
  await second.answer('所在的文件夹', at.stick)
  await toTheEnd(second)
  await second.answer('1-2：', '1')
  await second.see('由备份恢复，等两名安全员')
  t.deepEqual(readBoxFile(at.paths.box), readBoxFile(at.box.data))
  t.true(readRestoration(at.paths.box)?.confirm, 'two officers were asked for')
  t.false(existsSync(restoreOf(at.paths.box)))
})

const refusals: readonly (readonly [
  string,
  {
    readonly spoil: (at: Backed) => Promise<unknown>
    readonly says: string
    /** Refused while the backups are read; then something may be asked again, of which somebody goes back. */
    readonly early?: readonly string[]
  },
])[] = [
  [
    'cut',
    {
      // At the end of an age chunk (a nonce of 16 octets, chunks of 64 KiB with a tag of 16), where nothing but the missing end tells.
      spoil: async ({ stick }) => {
        const path = join(stick, 'full.sealbox-backup')
        const mac = (await readFile(path)).indexOf('\n---') + 1
        const header = (await readFile(path)).indexOf('\n', mac) + 1
        await truncate(path, header + 16 + 2 * (65_536 + 16))
      },
      says: '后面缺了一段；请另找一份拷贝（BACKUP_CUT）',
    },
  ],
  [
    'altered',
    {
      spoil: async ({ stick }) => {
        const path = join(stick, 'full.sealbox-backup')
        const bytes = await readFile(path)
        bytes.writeUInt8(bytes.readUInt8(90_000) ^ 1, 90_000)
        await writeFile(path, bytes)
      },
      says: '被改动或已损坏；请另找一份拷贝（BACKUP_ALTERED）',
    },
  ],
  [
    'without its full one',
    {
      spoil: ({ stick }) => rm(join(stick, 'full.sealbox-backup')),
      says: '缺全量、中间缺一份，或者有两套混在一起（BACKUP_CHAIN_BROKEN）',
      early: ['所在的文件夹', '接下来'],
    },
  ],
  [
    'under a key that does not open it',
    {
      spoil: ({ key }) =>
        writeFile(
          join(key, 'sealbox-backup-key-01234567.txt'),
          identityFile(ageKeyPair(crypto.getRandomValues(new Uint8Array(32))), new Date()),
        ),
      says: '打不开这份备份：它加密给别的密钥（BACKUP_LOCKED）',
      early: ['接下来'],
    },
  ],
  [
    'that is none',
    {
      spoil: ({ stick }) => writeFile(join(stick, 'part.sealbox-backup'), 'not a backup'),
      says: '这不是备份文件，或者格式不对（BACKUP_MALFORMED）',
      early: [],
    },
  ],
]

for (const [what, { spoil, says, early }] of refusals) {
  test(`a backup ${what} is refused by name, and the kind is asked again with nothing left behind`, async (t) => {
    const at = await backedUp(t)
    await spoil(at)
    const typed = at.start()
    await typed.answer('按回车开始设置', '')
    await beginRestore(typed, at.stick)
    if (existsSync(join(at.stick, 'full.sealbox-backup'))) {
      await typed.answer('编号之间空格 [1 2]', '')
    }
    await giveKey(typed, at.key)
    if (early === undefined) {
      await typed.answer('指纹', '')
      await typed.answer('1-2 [1]', '1')
      await typed.answer('1-2 [1]', '1')
    }
    await typed.see('没有办成')
    await typed.see(says)
    for (const asked of early ?? []) await typed.answer(asked, asked === '接下来' ? '2' : '<')
    await typed.see('建立哪一种')
    t.deepEqual(await readdir(join(at.folder, 'sealbox')), [])
  })
}

test('a slip after the backups were read costs none of them: another chain, another key, a fingerprint, evidence left at home', async (t) => {
  const at = await backedUp(t)
  const wrong = join(at.folder, 'wrong')
  await mkdir(wrong)
  const other = identityFile(ageKeyPair(crypto.getRandomValues(new Uint8Array(32))), new Date())
  await writeFile(join(wrong, 'sealbox-backup-key-76543210.txt'), other)
  const typed = at.start()
  await typed.answer('按回车开始设置', '')
  await beginRestore(typed, at.stick)
  await typed.answer('编号之间空格 [1 2]', '2')
  await giveKey(typed, at.key)
  await typed.see('BACKUP_CHAIN_BROKEN')
  await typed.answer('所在的文件夹', at.stick)
  await typed.answer('编号之间空格 [1 2]', '')
  await giveKey(typed, wrong)
  await typed.see('BACKUP_LOCKED')
  await typed.answer('1-2 [1]', '')
  await typed.answer('所在的文件夹', at.key)
  await typed.answer('指纹', '<')
  await typed.answer('1-2 [1]', '')
  await typed.answer('指纹', '')
  await typed.answer('带来了吗', '2')
  await typed.answer('所在的文件夹', '<')
  await typed.answer('带来了吗', '1')
  await typed.answer('恢复以后', '1')
  await typed.see('这份备份')
  await typed.answer('1-2：', '1')
  await typed.see('按回车看菜单')
  t.deepEqual(readBoxFile(at.paths.box), readBoxFile(at.box.data))
})

test('a stale backup is told by what units kept, and evidence that proves nothing; somebody goes on by name, or the kind is asked again', async (t) => {
  const at = await backedUp(t)
  const { box, key, stick, folder } = at
  await box.fill(3)
  const { services, keys, journal, data } = { ...box.box, data: readBoxFile(box.data) }
  const signer = await journalSigner(services, keys)
  const kept = join(folder, 'heads')
  await mkdir(kept)
  const seen = await journal.head()
  const checkpoint = await signCheckpoint(seen, { origin: data.id, signer })
  const foreign = await signCheckpoint(seen, { origin: 'another', signer })
  const issuing = fromBase64(data.certificates['issuing'] ?? '')
  const pem = [signer.certificate, issuing].map((der) => toPem('CERTIFICATE', der)).join('')
  await writeFile(join(kept, 'journal.pem'), pem)

  const typed = at.start()
  await typed.answer('按回车开始设置', '')
  const toDoubt = async (code: string): Promise<void> => {
    await beginRestore(typed, stick)
    await typed.answer('编号之间空格 [1 2]', '')
    await giveKey(typed, key)
    await typed.answer('指纹', '')
    await typed.answer('1-2 [1]', '2')
    await typed.answer('所在的文件夹', kept)
    await typed.answer('1-2 [1]', '1')
    await typed.see(code)
  }
  // A certificate alone proves no head.
  await toDoubt('BACKUP_HEADS_UNUSABLE')
  await typed.answer('1-2 [1]', '2')
  await typed.see('核对了各单位见过的树头: 0')
  await typed.answer('1-2：', '2')
  await writeFile(join(kept, 'later.txt'), checkpoint)
  await writeFile(join(kept, 'foreign.txt'), foreign)
  await toDoubt('BACKUP_STALE')
  await typed.see('later.txt')
  await typed.answer('1-2 [1]', '1')
  await typed.see('建立哪一种')
  t.false(existsSync(at.paths.box))
  await toDoubt('BACKUP_STALE')
  await typed.answer('1-2 [1]', '2')
  await typed.see('核对了各单位见过的树头: 1')
  await typed.see('(foreign.txt, another)')
  await typed.see('过时，已丢失的记录')
  await typed.answer('1-2：', '2')
  // One that cannot be of this journal: by its name somebody finds out who signed it.
  const head = { size: 3, rootHash: new Uint8Array(32) as typeof seen.rootHash }
  await writeFile(join(kept, 'forked.txt'), await signCheckpoint(head, { origin: data.id, signer }))
  await beginRestore(typed, stick)
  await typed.answer('编号之间空格 [1 2]', '')
  await giveKey(typed, key)
  await typed.answer('指纹', '')
  await typed.answer('1-2 [1]', '2')
  await typed.answer('所在的文件夹', kept)
  await typed.answer('1-2 [1]', '1')
  await typed.see('BACKUP_FORKED')
  await typed.see('3: journal / forked.txt')
  await rm(join(kept, 'forked.txt'))
  await toDoubt('BACKUP_STALE')
  await typed.answer('1-2 [1]', '2')
  await typed.answer('1-2：', '1')
  await typed.see('按回车看菜单')
  t.truthy(readRestoration(at.paths.box)?.seen)
})

test('of many backups the last full one and the parts after it are offered, of files with other names all', (t) => {
  const own = ['20261101T020000-full', '20261108T020000-full', '20261102T020000-more'].concat(
    '20261109T020000-more',
  )
  const names = own.map((name) => `box-1-${name}.sealbox-backup`)
  t.deepEqual(newestChain([...names, 'box-2-20261110T020000-more.sealbox-backup']), [
    names[1],
    names[3],
  ])
  t.deepEqual(newestChain(['monday.sealbox-backup', 'tuesday.sealbox-backup']), [
    'monday.sealbox-backup',
    'tuesday.sealbox-backup',
  ])
})
