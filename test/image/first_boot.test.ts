/**
 * The first hour of a box in the image, over its serial line alone: what it answers before, the set-up, the ceremony with papers on a stick,
 * and then documents exchanged through its port by units with keys of their own.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { enrolPerson } from '../../appliance/demo/district.ts'
import { advance, enrolDistrict } from '../appliance/in_process.ts'
import { verdictOf } from '../appliance/ceremony/production.ts'
import { temporaryFolder } from '../appliance/places.ts'
import { bootImage, copyDisk, firstAnswer, pause } from './machine.ts'
import { answer, districtName, passphrases, setUpProduction, setUpTrial } from './set_up.ts'
import { builtImage } from './built.ts'
import { introduce, serving } from './known_box.ts'

test('a new box answers only that it waits; set up over the serial line as a trial box it exchanges documents', async (t) => {
  const folder = await temporaryFolder(t)
  const { out, disk } = await builtImage()
  const own = await copyDisk(disk, join(folder, 'disk.img'))
  let machine = await bootImage({ disk: own, firmware: 'direct', build: out })
  t.teardown(() => machine.kill())
  for (const path of ['/', '/api/v1/me', '/signer.html', '/tsa']) {
    const { status, headers } = await firstAnswer(machine, path)
    t.is(status, 503, path)
    t.is(headers['sealbox-state'], 'not-set-up', path)
  }
  await t.throwsAsync(fetch(`http://127.0.0.1:${String(machine.port(8080))}/healthz`))
  // Control-C, -D, -Z, -\ and a break: nothing of it ends or opens anything.
  machine.serial.send('\u0003\u0004\u001a\u001c\u0000')
  // The plug is pulled in the middle: the set-up goes on where it was.
  await answer(machine, '按回车开始设置', '')
  await answer(machine, '1-2 [1]', '2')
  await answer(machine, 'Address of this box', '2')
  await answer(machine, 'Time zone', '<')
  await machine.serial.expect('Address of this box')
  await machine.kill()
  machine = await bootImage({ disk: own, firmware: 'direct', build: out })
  await answer(machine, 'Press Enter to set it up', '')
  await machine.serial.expect('2/7')
  await answer(machine, '1-2 [1]', '<')
  // English was chosen before.
  await answer(machine, '1-2 [2]', '1')
  const code = await setUpTrial(machine, { from: 'network' })
  await serving(machine)
  const known = await introduce(machine, code)
  const { units } = await enrolDistrict(known, code, 2)
  const lastStatus = (): string => machine.serial.text().split('印匣 Sealbox').at(-1) ?? ''
  for (let tries = 0; tries < 60 && lastStatus().includes(code); tries++) await pause(1000)
  t.false(lastStatus().includes(code), 'a code that was used is no longer shown')
  const [sender, recipient] = units
  if (!sender || !recipient) throw new TypeError('two units')
  const id = await advance(sender, [recipient], 'dispatched')
  await recipient.clerk.signFor(id)
  const pdf = join(folder, 'sealed.pdf')
  await writeFile(pdf, await recipient.clerk.pdf(id))
  const root = join(folder, 'root.pem')
  await writeFile(root, known.root)
  t.is(await verdictOf(pdf, root), 'TOTAL-PASSED')
  for (const unit of units) unit.close()
})

test('a production box is made in a ceremony over the serial line, its papers on a stick; turned off and on it waits for its passphrase', async (t) => {
  const folder = await temporaryFolder(t)
  const { out, disk } = await builtImage()
  const own = await copyDisk(disk, join(folder, 'disk.img'))
  const stick = join(folder, 'stick.img')
  execFileSync('mkfs.vfat', ['-C', stick, '65536'])
  const options = {
    disk: own,
    firmware: 'direct',
    build: out,
    usb: [stick],
    cache: 'writeback',
  } as const
  let machine = await bootImage(options)
  t.teardown(() => machine.kill())
  const [first = '', second = ''] = await setUpProduction(machine)
  await serving(machine)
  for (const secret of passphrases) t.false(machine.serial.text().includes(secret))
  const known = await introduce(machine, first)
  const officer = await enrolPerson(known, { id: 'officer-1', role: 'officer', code: first })
  await enrolPerson(known, { id: 'officer-2', role: 'officer', code: second }, officer)
  officer.client.close()
  await machine.kill()

  const papers = join(folder, 'papers')
  await mkdir(papers)
  execFileSync('mcopy', ['-s', '-i', stick, '::/', papers])
  const [ceremony = ''] = execFileSync('ls', [papers], { encoding: 'utf8' }).trim().split('\n')
  const read = (name: string): Promise<string> => readFile(join(papers, ceremony, name), 'utf8')
  t.regex(await read('root.key'), /ENCRYPTED PRIVATE KEY/)
  t.is(
    (JSON.parse(await read('minutes.json')) as { box: { districtName: string } }).box.districtName,
    districtName,
  )
  await t.notThrowsAsync(read('share-1-of-2.json'))
  await t.notThrowsAsync(read('share-2-of-2.json'))
  await t.throwsAsync(read('codes.txt'))
  t.is(await read('root.pem'), known.root)

  machine = await bootImage(options)
  const { headers } = await firstAnswer(machine)
  t.is(headers['sealbox-state'], 'locked')
  await answer(machine, '按回车输入本机口令', '')
  await answer(machine, '本机口令', 'not this one at all')
  await machine.serial.expect('口令不对')
  await answer(machine, '按回车输入本机口令', '')
  await answer(machine, '本机口令', passphrases[2])
  await machine.serial.expect('密钥已打开')
  await serving(machine)
})
