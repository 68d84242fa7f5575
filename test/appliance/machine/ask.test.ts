/** Asking root through the spool: the answer comes back, and what never was an image has no machine. */
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import test from 'ava'
import { machineActs } from '../../../appliance/machine/acts.ts'
import { openMachine } from '../../../appliance/machine/ask.ts'
import { spoolPaths } from '../../../appliance/machine/request.ts'
import { emptySpool, runSpool } from './spools.ts'

test('outside the image there is nobody to ask', (t) => {
  t.is(openMachine(mkdtempSync(join(tmpdir(), 'sealbox-no-spool-'))), undefined)
})

test('a reboot is asked of PID 1 itself, with nothing out of the request', async (t) => {
  const spool = emptySpool()
  const started: string[][] = []
  const asked = openMachine(spool)?.('reboot', {})
  while (readdirSync(spoolPaths(spool).requests).length === 0) await wait(5)
  await runSpool(spool, {
    acts: machineActs,
    execute: (program, args) => {
      started.push([program, ...args])
      return Promise.resolve('')
    },
  })
  t.deepEqual(await asked, {})
  t.deepEqual(started, [['systemctl', '--no-block', 'reboot']])
})

test('a refusal comes back as thrown, by its code', async (t) => {
  const spool = emptySpool()
  const asked = openMachine(spool)?.('power-off', {})
  const refusal = t.throwsAsync(async () => asked, { code: 'MACHINE_REQUEST_REFUSED' })
  while (readdirSync(spoolPaths(spool).requests).length === 0) await wait(5)
  await runSpool(spool, { acts: {} })
  await refusal
})
