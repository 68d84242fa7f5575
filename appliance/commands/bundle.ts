/** `sealbox bundle`: the evidence bundle of a document, as the unit may have it, for anybody who verifies it without the box. */
import { writeFile } from 'node:fs/promises'
import { seatFrom, seatOptions } from './seat_options.ts'
import { options, required, say } from './options.ts'
import { wholeDocument } from './short_name.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, { ...seatOptions, out: { type: 'string' } })
  const id = wholeDocument(required(positionals[0], 'the document'))
  const out = values.out ?? `${id}.asice`
  const seat = await seatFrom(values, 'clerk')
  try {
    await writeFile(out, await seat.bundle(id))
    say(`证据包 evidence bundle: ${out}`)
  } finally {
    seat.close()
  }
  return 0
}
