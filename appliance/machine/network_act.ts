/** The act that connects the box: a file for systemd-networkd on the data partition, which it reads at each start, and networkd started anew. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import { machineAct } from './act.ts'
import { networkFile, networkSchema } from './network.ts'

/** `/etc/systemd/network` is a link to this folder of `MachinePaths.state`. */
const folderName = 'network'
/** Before any file of the image's own. */
const fileName = '10-sealbox.network'

export const applyNetwork = machineAct({
  params: networkSchema,
  result: z.strictObject({}),
  askedBy: ['box', 'console'],
  patienceMs: 120_000,
  async run(network, { paths, execute, signal }) {
    const folder = join(paths.state, folderName)
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await writeWhole(join(folder, fileName), networkFile(network), 0o644)
    // networkctl would speak D-Bus, which the image lacks.
    await execute('systemctl', ['restart', 'systemd-networkd.service'], { signal })
    return {}
  },
})
