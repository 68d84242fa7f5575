/**
 * A machine with Secure Boot and a TPM goes from version to version: two officers install one, it is tried and kept; a broken one falls back
 * by itself; an older one is refused by the box, and laid onto the disk by hand it does not open the data.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { bringBundle } from '../../appliance/commands/upgrade.ts'
import { enrolPerson } from '../../appliance/demo/district.ts'
import { mebibyte, partition } from '../../appliance/image/layout.ts'
import {
  appoint,
  countersignOrder,
  proposeOrder,
  type OfficerOptions,
} from '../../appliance/unit/officer.ts'
import type { UpgradeState } from '../../web/index.ts'
import { brokenImage, builtImage, type BuiltImage } from './built.ts'
import { introduce, serving } from './known_box.ts'
import { bootImage, copyDisk, pause, type Machine } from './machine.ts'
import { enrolledVariables } from './secure.ts'
import { setUpTrial } from './set_up.ts'

const folder = mkdtempSync(join(tmpdir(), 'sealbox-upgraded-'))
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Writing a slot takes a minute or two without KVM. */
const writingMs = 900_000

test('a version is installed by two officers, tried and kept; a broken one falls back, an older one is refused and opens nothing', async (t) => {
  t.timeout(7_200_000)
  const [first, second] = [await builtImage('1.0.0'), await builtImage('1.1.0')]
  const broken = await brokenImage('1.2.0')
  const disk = await copyDisk(first.disk, join(folder, 'disk.img'))
  const tpm = join(folder, 'tpm')
  const variables = await enrolledVariables(first, join(folder, 'variables.fd'))
  const ports = [8443, 8080]
  const options = { disk, variables, tpm, ports, firmware: 'secure', passphrase: false } as const
  let machine: Machine = await bootImage(options)
  t.teardown(() => machine.kill())
  const onPorts = ports.map((guest) => machine.port(guest))
  const restarted = async (): Promise<Machine> => {
    await machine.ended(writingMs)
    await machine.kill()
    return bootImage({ ...options, onPorts })
  }
  const code = await setUpTrial(machine)
  await serving(machine)
  const people = await enrolled(machine, code)
  const { keeper } = people
  const state = (): Promise<UpgradeState> => keeper.client.get('/api/v1/upgrade')
  t.like(await state(), { version: '1.0.0', slot: 'a', isOnTrial: false })

  await install(people, second)
  machine = await restarted()
  await machine.serial.expect('on trial, 2 tries left')
  await machine.serial.expect('1.1.0 已确认 is committed')
  await serving(machine)
  t.like(await state(), { version: '1.1.0', slot: 'b', isOnTrial: false, highest: '1.1.0' })
  await lastIs({ version: '1.1.0', state: 'committed' })

  await t.throwsAsync(bringBundle(keeper.client, bundleOf(first)), {
    message: /UPGRADE_NOT_NEWER/,
  })
  t.is((await state()).staged, undefined)
  await t.notThrowsAsync(layBack(first))

  await install(people, broken)
  for (const left of [2, 1, 0]) {
    machine = await restarted()
    await machine.serial.expect(`on trial, ${String(left)} tries left`)
    await machine.serial.expect('1.2.0 未能正常工作 did not become healthy', writingMs)
  }
  machine = await restarted()
  await serving(machine)
  t.like(await state(), { version: '1.1.0', slot: 'b', isOnTrial: false, highest: '1.1.0' })
  await lastIs({ version: '1.2.0', state: 'fell-back' })
  for (const { client } of [people.one, people.other, keeper]) client.close()

  /** The box looks at root's record now and then. */
  async function lastIs(wanted: {
    readonly version: string
    readonly state: string
  }): Promise<void> {
    for (let tries = 0; tries < 60; tries++) {
      const { last } = await state()
      if (last?.version === wanted.version && last.state === wanted.state) break
      await pause(2000)
    }
    t.like((await state()).last, wanted)
  }

  /** The machine off, an older kernel image put back by somebody who holds the disk: its slot is whole, its signature good. */
  async function layBack(older: BuiltImage): Promise<void> {
    await machine.kill()
    const own = await copyDisk(disk, join(folder, 'older.img'))
    const esp = `${own}@@${String(partition('sealbox-esp').startBytes / mebibyte)}M`
    const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' }
    const kernel = join(older.out, 'parts/kernel.efi.whole.signed')
    execFileSync('mdel', ['-i', esp, '::EFI/Linux/*.efi'], { env })
    execFileSync('mcopy', ['-i', esp, kernel, '::EFI/Linux/sealbox_1.0.0.efi'], { env })
    cpSync(tpm, `${tpm}.older`, { recursive: true })
    {
      await using old = await bootImage({ ...options, disk: own, tpm: `${tpm}.older` })
      await old.serial.expect('This version is older than the one in use')
    }
    machine = await bootImage({ ...options, onPorts })
    await serving(machine)
  }
})

const bundleOf = ({ out, version }: BuiltImage): string =>
  join(out, `sealbox-${version}.sealbox-upgrade`)

interface People {
  readonly one: OfficerOptions
  readonly other: OfficerOptions
  readonly keeper: OfficerOptions
}

async function enrolled(machine: Machine, code: string): Promise<People> {
  const known = await introduce(machine, code)
  const one = await enrolPerson(known, { id: 'officer-1', role: 'officer', code })
  const second = { id: 'officer-2', role: 'officer' } as const
  const third = { id: 'keeper-1', role: 'administrator' } as const
  const other = await enrolPerson(known, { ...second, ...(await appoint(one, second)) }, one)
  const keeper = await enrolPerson(known, { ...third, ...(await appoint(one, third)) }, one)
  return { one, other, keeper }
}

/** As an administrator and two officers do. */
async function install({ one, other, keeper }: People, image: BuiltImage): Promise<void> {
  const { staged } = await bringBundle(keeper.client, bundleOf(image))
  if (staged === undefined) throw new TypeError('the bundle does not lie on the box')
  const { version, manifest } = staged
  const order = await proposeOrder(one, { act: 'install-upgrade', version, manifest }, '例行升级')
  await countersignOrder(other, order)
}
