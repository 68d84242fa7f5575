/** `sealbox sign-for`: signs for a document, and keeps the PDF and the receipt; or signs the file that asks for it. */
import { mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seatFrom, seatOptions } from './seat_options.ts'
import { options, required, say } from './options.ts'
import { documentOf } from './short_name.ts'
import { answerFile, isRequestFile } from './sign_file.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, { ...seatOptions, out: { type: 'string' } })
  const given = required(positionals[0], 'the document')
  if (isRequestFile(given)) return answerFile(given, 'sign-for', { values, or: 'clerk' })
  const out = values.out ?? '.'
  const seat = await seatFrom(values, 'clerk')
  try {
    const id = await documentOf(seat, given)
    const view = await seat.signFor(id)
    const { statement, signature } = await seat.receipt(view)
    const pdf = await seat.pdf(id)
    mkdirSync(out, { recursive: true })
    await writeFile(join(out, `${id}.pdf`), pdf)
    await writeFile(join(out, `${id}.receipt.json`), statement)
    await writeFile(join(out, `${id}.receipt.json.p7s`), signature)
    say(`已签收 signed for: ${view.head.title}`)
    say(`  ${join(out, `${id}.pdf`)}`)
    say(`  ${join(out, `${id}.receipt.json`)} (.p7s)`)
  } finally {
    seat.close()
  }
  return 0
}
