/** The folder of data keeps its way back: its layout is raised after the commit and not before, and who is older does not open it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { layoutOf } from '../../../appliance/box/data_folder.ts'
import { isCommitted, requireNotOlder } from '../../../appliance/upgrade/committed.ts'
import { raiseLayout, type LayoutStep } from '../../../appliance/upgrade/raise_layout.ts'
import { writeState } from '../../../appliance/upgrade/state.ts'
import { benchMachine, type BenchMachine } from './bench_machine.ts'
import { sha256Hex, utf8 } from '../../../ca/index.ts'

const order = sha256Hex(utf8('order'))

async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sealbox-layout-'))
  try {
    await writeFile(join(directory, 'VERSION'), '1\n')
    await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Each writes a file; the second one is cut off in its middle so many times. */
function stepsCut(times: number): readonly LayoutStep[] {
  let left = times
  const put = (directory: string, name: string) => writeFile(join(directory, name), name)
  return [
    { from: 1, run: (directory) => put(directory, 'two') },
    {
      from: 2,
      async run(directory) {
        await put(directory, 'half')
        left -= 1
        if (left >= 0) throw new Error('the power is gone')
        await put(directory, 'three')
      },
    },
  ]
}

test('on trial the layout stays, and is raised step by step once the version is committed', (t) =>
  inFolder(async (directory) => {
    const steps = stepsCut(0)
    t.is(await raiseLayout({ directory, isCommitted: false, steps }), 1)
    t.is(layoutOf(directory), 1)
    t.is(await raiseLayout({ directory, isCommitted: true, steps }), 3)
    t.is(await readFile(join(directory, 'VERSION'), 'utf8'), '3\n')
    t.is(await readFile(join(directory, 'three'), 'utf8'), 'three')
  }))

test('a step that was cut off is run again, and what was done before it is not', (t) =>
  inFolder(async (directory) => {
    const steps = stepsCut(1)
    await t.throwsAsync(raiseLayout({ directory, isCommitted: true, steps }))
    t.is(await readFile(join(directory, 'VERSION'), 'utf8'), '2\n')
    await rm(join(directory, 'two'))
    t.is(await raiseLayout({ directory, isCommitted: true, steps }), 3)
    await t.throwsAsync(readFile(join(directory, 'two')))
  }))

test('a folder of a later layout is refused by name, and one of no layout as foreign', (t) =>
  inFolder(async (directory) => {
    for (const [text, code] of [
      ['2\n', 'DATA_FOLDER_NEWER'],
      ['9999\n', 'DATA_FOLDER_NEWER'],
      ['', 'DATA_FOLDER_FOREIGN'],
      ['01\n', 'DATA_FOLDER_FOREIGN'],
      ['1 \n', 'DATA_FOLDER_FOREIGN'],
    ] as const) {
      await writeFile(join(directory, 'VERSION'), text)
      t.throws(() => layoutOf(directory), { code }, text)
    }
  }))

async function withMachine(work: (bench: BenchMachine) => Promise<void>): Promise<void> {
  const bench = await benchMachine()
  try {
    await work(bench)
  } finally {
    await bench.remove()
  }
}

test('a version counts as committed when its commit is recorded, and one before it does not serve', (t) =>
  withMachine(async (bench) => {
    const { machine } = bench
    t.true(await isCommitted(machine), 'as the disk was written')
    const attempt = {
      version: '1.1.0',
      from: '1.0.0',
      manifest: order,
      order,
      at: new Date().toISOString(),
    }
    await writeState(machine, {
      format: 1,
      highest: '1.0.0',
      attempt: { ...attempt, state: 'trial' },
    })
    await bench.start('1.1.0', 'b')
    t.false(await isCommitted(machine), 'on trial')
    await t.notThrowsAsync(requireNotOlder(machine))
    await writeState(machine, {
      format: 1,
      highest: '1.1.0',
      attempt: { ...attempt, state: 'committed' },
    })
    t.true(await isCommitted(machine))
    await writeFile(machine.trial, '1.1.0\n')
    t.false(await isCommitted(machine), 'while its mark stands')
    await rm(machine.trial)
    await bench.start('1.0.0', 'a')
    await t.throwsAsync(requireNotOlder(machine), { code: 'VERSION_OLDER' })
    await rm(machine.image)
    t.true(await isCommitted(machine), 'outside the image')
    await t.notThrowsAsync(requireNotOlder(machine))
  }))
