/**
 * The acts around the time: whose time the box takes (servers of the district's own network), and the clock itself while a box is set up. Of a
 * box that is set up the clock is corrected by two officers, over the machine's (design 2): nobody sets it behind their back.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import { machineAct } from './act.ts'
import { MachineError } from './errors.ts'
import { hasBox } from './has_box.ts'
import { setOutgoing } from './outgoing.ts'
import { clockJob, clockJobSchema } from './set_clock.ts'
import { sourcesFile, timeServersSchema } from './time_servers.ts'

const nothing = z.strictObject({})
const patienceMs = 120_000
/** NTP (RFC 5905 7.2). */
const port = 123

export const applyTimeServers = machineAct({
  params: z.strictObject({ servers: timeServersSchema }),
  result: nothing,
  askedBy: ['box', 'console'],
  patienceMs,
  async run({ servers }, machine) {
    const { paths, execute, signal } = machine
    // `sourcedir` of /etc/chrony.conf.
    const folder = join(paths.state, 'chrony')
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await writeWhole(join(folder, 'local.sources'), sourcesFile(servers), 0o644)
    const peers = servers.map((address) => ({ address, protocol: 'udp', port }) as const)
    await setOutgoing(machine, 'time', peers)
    await execute('systemctl', ['restart', 'chronyd.service'], { signal })
    return {}
  },
})

/** Throws `CLOCK_FIXED` once the box is made. */
export const setTime = machineAct({
  params: clockJobSchema,
  result: nothing,
  askedBy: ['console'],
  patienceMs,
  async run(job, { paths, execute, signal }) {
    if (hasBox(paths)) {
      throw new MachineError('CLOCK_FIXED', 'the box is set up: officers correct its clock')
    }
    await writeWhole(clockJob(paths.run), JSON.stringify(job), 0o600)
    await execute('systemctl', ['start', 'sealbox-set-clock.service'], { signal })
    return {}
  },
})
