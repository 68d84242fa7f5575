/** `sealbox accept-restore`: at the unit, lets its signer go on after the box was restored from a backup. Opens no connection and no key. */
import { acceptRestore, minToldDigits } from '../../exchange/unit/index.ts'
import { ApplianceError } from '../errors.ts'
import { createFileMemory } from '../unit/memory.ts'
import { readEnrolment } from '../unit/unit_folder.ts'
import { fileBytes, options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, {
    unit: { type: 'string' },
    told: { type: 'string' },
  })
  const directory = required(values.unit, '--unit')
  const statement = fileBytes(required(positionals[0], 'ORDER.json'))
  const told = required(values.told, '--told')
  if (told.replaceAll(/[\s-]/g, '').length < minToldDigits) {
    const words = `--told takes the first ${String(minToldDigits)} digits of the order, as an officer reads them out or has them on paper`
    throw new ApplianceError('USAGE', words)
  }
  const box = readEnrolment(directory).box
  const taken: string[] = []
  await createFileMemory(directory).update((memory) => {
    const accepted = acceptRestore(memory, { statement, told, box })
    const { size, lost } = accepted.order
    taken.push(
      `已接受：日志从第 ${String(size)} 条之后接续，已知丢失 ${String(lost ?? 0)} 条`,
      `accepted: the journal goes on behind entry ${String(size)}; ${String(lost ?? 0)} later ones are known to be lost`,
    )
    return Promise.resolve(accepted.memory)
  })
  for (const line of taken) say(line)
  return 0
}
