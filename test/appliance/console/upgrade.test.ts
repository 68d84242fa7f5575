/** A newer version from a stick at the console of a machine without a box: really written, refused by name, and never once there is a box. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Execute } from '../../../appliance/machine/programs.ts'
import { openWork } from '../../../appliance/upgrade/job.ts'
import { performUpgrade } from '../../../appliance/upgrade/perform.ts'
import { benchMachine, makeReleaseKey, type BenchMachine } from '../upgrade/bench_machine.ts'
import { stage, type Stage } from './restoring.ts'

const asRoot = process.getuid?.() === 0 ? test : test.skip

/** The console's machine, whose slots are those of the bench. */
async function upgradable(
  t: ExecutionContext,
): Promise<{ readonly at: Stage; readonly bench: BenchMachine; readonly started: string[] }> {
  const bench = await benchMachine()
  t.teardown(() => bench.remove())
  const started: string[] = []
  const execute: Execute = async (_, args) => {
    started.push(args.join(' '))
    if (args.includes('sealbox-upgrade.service')) {
      const work = openWork(join(at.paths.run, 'sealbox/upgrade'))
      const job = await work.job()
      if (job === undefined) throw new TypeError('no job')
      const { machine } = bench
      await performUpgrade({ work, job, machine, stick: at.paths.stick, say: () => undefined })
    }
    return args[0] === 'show' ? 'ActiveState=active\n' : ''
  }
  const at: Stage = await stage(t, { execute })
  return { at, bench, started }
}

asRoot(
  'the newest version on the stick is written, and the machine restarts; an older or a stranger’s is refused in words',
  async (t) => {
    const { at, bench, started } = await upgradable(t)
    const { stick } = at.paths
    const put = async (version: string, more: object = {}): Promise<void> => {
      const { path } = await bench.build({ version, ...more })
      await copyFile(path, join(stick, `sealbox-${version}.sealbox-upgrade`))
    }
    const typed = at.start()
    await typed.answer('按回车开始设置', '')
    const asked = async (): Promise<void> => {
      await typed.answer('1-4：', '4')
      await typed.answer('按回车', '')
    }
    await asked()
    await typed.see('没有办成')
    await put('0.9.0')
    await asked()
    await typed.see('版本不比本机新')
    await put('1.2.0', { signer: makeReleaseKey(bench.folder, 'stranger').signer })
    await asked()
    await typed.see('不是由本机认可的发布密钥签署的')
    t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi'])

    await put('1.3.0')
    await asked()
    await typed.answer('版本 1.3.0 已写入', '1')
    // The set-up stands where it was.
    await typed.see('建立哪一种')
    t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi', 'sealbox_1.3.0+3.efi'])
    t.true(started.includes('--no-block reboot'))
  },
)

asRoot(
  'at a machine with a box the console installs nothing: that takes two officers',
  async (t) => {
    const { at, started } = await upgradable(t)
    await mkdir(at.paths.box)
    await writeFile(join(at.paths.box, 'VERSION'), '1\n')
    await t.throwsAsync(async () => at.place.machine?.installUpgrade(), {
      code: 'MACHINE_REQUEST_REFUSED',
    })
    t.deepEqual(started, [])
  },
)
