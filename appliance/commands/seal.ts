/** `sealbox seal`: seals a numbered document with the unit's key, made and used here; or signs the file that asks for it. */
import { seatFrom, seatOptions } from './seat_options.ts'
import { options, required, say } from './options.ts'
import { documentOf } from './short_name.ts'
import { answerFile, isRequestFile } from './sign_file.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, seatOptions)
  const given = required(positionals[0], 'the document')
  if (isRequestFile(given)) return answerFile(given, 'seal', { values, or: 'clerk' })
  const seat = await seatFrom(values, 'clerk')
  try {
    const id = await documentOf(seat, given)
    const { record } = await seat.sealDocument(id)
    const seals = record !== undefined && 'seals' in record ? record.seals : []
    say(`已用印 sealed: ${id}  ${seals.map(({ level }) => level).join(', ')}`)
  } finally {
    seat.close()
  }
  return 0
}
