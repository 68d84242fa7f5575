/** `sealbox machine healthy`: by systemd alone, once at each start of the image (`sealbox-healthy.service`). */
import { exitStatus } from '../errors.ts'
import { raiseImageCounter } from '../disk/index.ts'
import { imageMachine } from '../upgrade/machine.ts'
import { keepOrFall } from '../upgrade/healthy.ts'
import { slotIo } from '../upgrade/slot_io.ts'
import { options, portOf, say } from './options.ts'

const known = { port: { type: 'string' }, 'pki-port': { type: 'string' } } as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const isWell = await keepOrFall({
    ...{ machine: imageMachine, io: slotIo, say, now: () => new Date() },
    raise: raiseImageCounter,
    ...{ port: portOf(values.port, 8443), pkiPort: portOf(values['pki-port'], 8080) },
  })
  return isWell ? 0 : exitStatus.failed
}
