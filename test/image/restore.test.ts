/** After a fire, with the image alone: the box's backup on a stick, a blank machine, its serial line; then the two officers. */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { enrolPerson, type DemoBox } from '../../appliance/demo/district.ts'
import {
  countersignOrder,
  proposeOrder,
  type OfficerOptions,
} from '../../appliance/unit/officer.ts'
import { verdictOf } from '../appliance/ceremony/production.ts'
import { advance, enrolUnits } from '../appliance/in_process.ts'
import { temporaryFolder } from '../appliance/places.ts'
import { ask, enrolAdministrator, formType } from './administrator.ts'
import { builtImage } from './built.ts'
import { introduce, serving } from './known_box.ts'
import { bootImage, copyDisk, pause, type Machine } from './machine.ts'
import { answer, answerKind, passphrases, setUpProduction } from './set_up.ts'

/** A full backup, made on the page and written to the stick in the box. */
async function backUpToStick(box: DemoBox, officer: OfficerOptions): Promise<void> {
  const { as } = await enrolAdministrator(box, officer)
  const send = (path: string, form: string): Promise<string> =>
    ask(box, as, { path, form: Buffer.from(form), type: formType })
  const offered = async (): Promise<string[]> => {
    const page = await ask(box, as, { path: '/backups' })
    return page.match(/\/backups\/[0-9a-f]{64}\/stick/g) ?? []
  }
  // A new production box has made one by itself, before there was anything in it.
  const before = await offered()
  await send('/backups/make', 'kind=full')
  for (let tries = 0; tries < 120; tries++) {
    const toStick = (await offered()).find((one) => !before.includes(one))
    if (toStick !== undefined) {
      await send(toStick, '')
      return
    }
    await pause(1000)
  }
  throw new Error('no backup was made')
}

/** What is asked at a blank machine; shares and backup lie on one stick. */
async function restoreAtConsole(machine: Machine, root: string): Promise<void> {
  await answerKind(machine, 'backup')
  await machine.serial.expect('存有备份的 U 盘')
  await answer(machine, '插好后按回车', '')
  await answer(machine, '都在了吗', '1')
  await answer(machine, '插好后按回车', '')
  await answer(machine, '哪一份', '1')
  await answer(machine, '请 赵 输入份额的口令', 'not this one')
  await answer(machine, '插好后按回车', '')
  await answer(machine, '请 钱 输入份额的口令', passphrases[1])
  await machine.serial.expect('口令打不开这份份额')
  await answer(machine, '请 赵 输入份额的口令', passphrases[0])
  await answer(machine, '根证书指纹，照仪式记录', root)
  await answer(machine, '带来了吗', '1')
  await machine.serial.expect('已发出的公文: 1')
  await answer(machine, '用它恢复本机吗', '1')
  await machine.serial.expect('等两名安全员用双人令确认')
  await answer(machine, '按回车输入本机口令', '')
  await answer(machine, '本机口令', passphrases[2])
  await machine.serial.expect('密钥已打开')
}

test('a box that burnt comes back at the console of a blank machine; two officers accept it, and its document verifies', async (t) => {
  const folder = await temporaryFolder(t)
  const { out, disk } = await builtImage()
  const stick = join(folder, 'stick.img')
  execFileSync('mkfs.vfat', ['-C', stick, '65536'])
  const boot = async (name: string, onPorts: readonly number[] = []): Promise<Machine> => {
    const own = await copyDisk(disk, join(folder, name))
    return bootImage({
      ...{ disk: own, firmware: 'direct', build: out, usb: [stick], cache: 'writeback', onPorts },
    })
  }
  let machine = await boot('burnt.img')
  t.teardown(() => machine.kill())
  const [first = '', second = ''] = await setUpProduction(machine)
  await serving(machine)
  const known = await introduce(machine, first)
  const one = await enrolPerson(known, { id: 'officer-1', role: 'officer', code: first })
  const two = await enrolPerson(known, { id: 'officer-2', role: 'officer', code: second }, one)
  const [sender, recipient] = await enrolUnits(known, one, 2)
  if (!sender || !recipient) throw new TypeError('two units')
  const id = await advance(sender, [recipient], 'dispatched')
  await recipient.clerk.signFor(id)
  await backUpToStick(known, one)
  const [root = ''] = /(?:[0-9A-F]{4} ){15}[0-9A-F]{4}/.exec(machine.serial.text()) ?? []
  const ports = [machine.port(8443), machine.port(8080)]
  await machine.kill()

  // At the same address, so that everybody finds it.
  machine = await boot('blank.img', ports)
  await restoreAtConsole(machine, root)
  await serving(machine)
  await t.throwsAsync(advance(sender, [recipient], 'dispatched'), undefined, 'nobody acts yet')
  const order = await proposeOrder(one, { act: 'restore-backup' }, '机房失火')
  await countersignOrder(two, order)

  const [pdf, trust] = [join(folder, 'sealed.pdf'), join(folder, 'root.pem')]
  await writeFile(pdf, await recipient.clerk.pdf(id))
  await writeFile(trust, known.root)
  t.is(await verdictOf(pdf, trust), 'TOTAL-PASSED')
  // The issuing key came back to its own process: a list is signed by it, and the box works on.
  await t.notThrowsAsync(advance(sender, [recipient], 'dispatched'))
  for (const { client } of [one, two]) client.close()
  for (const unit of [sender, recipient]) unit.close()
})
