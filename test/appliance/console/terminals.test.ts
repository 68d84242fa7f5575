/** Several terminals of one console: each comes and goes by itself. */
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { runConsole } from '../../../appliance/console/console.ts'
import { openLines } from '../../../appliance/console/lines.ts'
import type { Place } from '../../../appliance/console/place.ts'
import { createSystemClock, systemRandom } from '../../../ca/index.ts'
import { temporaryFolder } from '../places.ts'

function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let shown = ''
  output.on('data', (part: Buffer) => {
    shown += part.toString('utf8')
  })
  return { input, shown: () => shown, lines: openLines(input, output), drawsChinese: true }
}

test('a serial port with nothing behind it ends alone: the screen goes on, and takes what is typed', async (t) => {
  const folder = await temporaryFolder(t)
  const place: Place = {
    ...{ data: join(folder, 'data'), papers: join(folder, 'papers'), making: join(folder, 'data') },
    ...{ machine: undefined, unlock: [], port: 9, pkiPort: 9, setUp: join(folder, 'setup.json') },
    ...{ clock: createSystemClock(), random: systemRandom },
    state: () =>
      Promise.resolve({
        ...{ version: 1, box: null, phase: 'not-set-up', restored: false, refused: null },
        awaitsFirstOfficer: false,
      }),
  }
  const [serial, screen] = [terminal(), terminal()]
  const ending = new AbortController()
  const running = runConsole(place, [serial, screen], ending.signal)
  serial.input.destroy(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
  while (!serial.lines.isClosed() || screen.shown().length === 0) await pause(20)
  t.true(serial.lines.isClosed())
  t.false(screen.lines.isClosed())
  const before = screen.shown().length
  // The key is heard once the first state is shown whole.
  for (let tries = 0; tries < 200 && screen.shown().length === before; tries++) {
    screen.input.write('\r')
    await pause(300)
  }
  t.true(screen.shown().length > before)
  ending.abort()
  await running
})
