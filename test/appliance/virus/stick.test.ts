/** Signatures from a stick: root's own acts over folders in place of the mounts carry them, one kind at a time. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'ava'
import { machinePaths, type Machine } from '../../../appliance/machine/act.ts'
import type { AskMachine } from '../../../appliance/machine/ask.ts'
import { exchangePaths, listUsb, readUsb } from '../../../appliance/machine/stick_acts.ts'
import { signaturesOnStick } from '../../../appliance/virus/stick.ts'
import { WebError } from '../../../web/index.ts'

function stickWith(files: Readonly<Record<string, string>>, isThere = true) {
  const root = mkdtempSync(join(tmpdir(), 'sealbox-virus-stick-'))
  const [exchange, stick] = [join(root, 'exchange'), join(root, 'stick')]
  for (const folder of [stick, ...Object.values(exchangePaths(exchange))]) {
    mkdirSync(folder, { recursive: true })
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(stick, name), content)
  const of: Machine = {
    paths: { ...machinePaths, exchange, stick, stickToWrite: stick },
    execute: (_, [verb]) =>
      Promise.resolve(verb === 'show' ? `ActiveState=${isThere ? 'active' : 'inactive'}\n` : ''),
    asker: 'box',
    signal: AbortSignal.timeout(60_000),
  }
  const ask = ((name: string, params: { name: string }) =>
    name === 'list-usb' ? listUsb.perform({}, of) : readUsb.perform(params, of)) as AskMachine
  const remove = (): void => {
    rmSync(root, { recursive: true })
  }
  return { ask, exchange, remove }
}

test('what is a file of signatures by its name comes over, one of each kind, and nothing else', async (t) => {
  const { ask, exchange, remove } = stickWith({
    ...{ 'main.cvd': 'm', 'daily.cvd': 'd', 'own.ndb': 'n', 'own.ndb.p7s': 's', 'zwei.ndb': '2' },
    ...{ 'holiday.jpg': 'j', 'pass.fp': 'f', 'sealbox-2.0.0.sealbox-upgrade': 'u' },
  })
  t.teardown(remove)
  const found: Record<string, string> = {}
  for await (const { name, content } of signaturesOnStick(ask, exchange)) {
    found[name] = await text(content)
  }
  t.deepEqual(found, { 'daily.cvd': 'd', 'main.cvd': 'm', 'own.ndb': 'n', 'own.ndb.p7s': 's' })
})

test('without a stick the page is told so', async (t) => {
  const { ask, exchange, remove } = stickWith({}, false)
  t.teardown(remove)
  const error = await t.throwsAsync(async () => {
    for await (const { name } of signaturesOnStick(ask, exchange)) t.fail(name)
  })
  t.true(error instanceof WebError && error.code === 'STICK_ABSENT')
})
