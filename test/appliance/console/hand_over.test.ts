/** Papers of a ceremony go to sticks that are kept apart; whoever puts two keepers' on one is asked first. Needs root. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { createDialogue } from '../../../appliance/console/dialogue.ts'
import { handOver } from '../../../appliance/console/steps/hand_over.ts'
import { minutesFormat, type Minutes } from '../../../provisioning/index.ts'
import { stage } from './restoring.ts'
import { typedTerminal } from './typed.ts'

const minutes: Minutes = {
  format: minutesFormat,
  ...{ kind: 'init', ceremony: '0123abcd'.repeat(4), heldAt: '2026-11-26T00:00:00.000Z' },
  box: {
    ...{ id: 'box-1', mode: 'production', districtName: '示范区', hostNames: ['localhost'] },
    ...{ pkiUrl: 'http://localhost:8080', zone: 'Asia/Shanghai' },
  },
  ...{ place: '', present: [], root: 'ab'.repeat(32), reason: '' },
  software: { version: '0.1.0', signer: 'cd'.repeat(32) },
  ...{ certificates: [], lists: [], shares: null, opened: [], officers: [], dismissed: [] },
  rehearsal: { certificates: 0, lists: 0 },
}

const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot(
  'a second copy of the root key, or a share, is not put beside what others keep without a word',
  async (t) => {
    const { place, paths } = await stage(t)
    const papers = join(place.papers, 'ceremony-0123abcd')
    await mkdir(papers, { recursive: true })
    const shares = ['share-1-of-2.json', 'share-2-of-2.json']
    const open = ['minutes.html', 'minutes.json', 'minutes.json.sig', 'root.pem']
    for (const name of ['root.key', ...open, ...shares, ...shares.map((one) => `backup-${one}`)]) {
      await writeFile(join(papers, name), name)
    }
    const typed = typedTerminal()
    const dialogue = createDialogue({ lines: typed.terminal.lines, language: 'zh' })
    const handing = handOver(
      { dialogue, place, custodians: ['赵', '钱'] },
      { codes: [], minutes, papers, recovery: '' },
    )
    const stick = join(paths.stick, 'ceremony-0123abcd')
    const plugIn = async (what: string): Promise<void> => {
      await typed.see(what)
      await typed.answer('插好后按回车', '')
    }
    await typed.answer('已写下', '1')
    await plugIn('第 1 个 U 盘')
    await typed.see('已写入')
    // The same stick once more: another is taken.
    await plugIn('第 2 个 U 盘')
    await typed.see('这个 U 盘上已有本次仪式的: root.key')
    await typed.answer('1-2 [1]', '')
    await rename(stick, join(paths.state, 'first'))
    await plugIn('第 2 个 U 盘')
    await typed.see('已写入')
    t.deepEqual((await readdir(stick)).toSorted(), [...open, 'root.key'].toSorted())
    await plugIn('赵的份额')
    await typed.see('已有本次仪式的: root.key')
    t.false(existsSync(join(stick, 'share-1-of-2.json')), 'nothing is written before the answer')
    await rename(stick, join(paths.state, 'second'))
    await typed.answer('1-2 [1]', '1')
    await plugIn('赵的份额')
    await typed.see('已写入')
    await plugIn('钱的份额')
    await typed.see('已有本次仪式的: share-1-of-2.json')
    await typed.answer('1-2 [1]', '2')
    await typed.see('已写入')
    const both = [...shares, ...shares.map((one) => `backup-${one}`)]
    t.deepEqual((await readdir(stick)).toSorted(), both.toSorted())
    await typed.answer('1-2', '1')
    await handing
  },
)
