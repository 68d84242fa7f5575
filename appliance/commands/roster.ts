/** `sealbox roster`: reads a roster and says what it finds; with --apply an officer registers the units, all or none. */
import { readRoster } from '../../provisioning/index.ts'
import { exitStatus } from '../errors.ts'
import { register } from '../unit/officer.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'
import { fileBytes, options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, {
    ...seatOptions,
    apply: { type: 'boolean' },
    json: { type: 'boolean' },
  })
  const bytes = fileBytes(required(positionals[0], 'the roster'))
  const { units, refused } = readRoster(bytes)
  if (values.json === true) say(JSON.stringify({ units, refused }))
  else {
    say(`${String(units.length)} 个单位 units, ${String(refused.length)} 行被拒 rows refused`)
    for (const { row, reason } of refused) say(`  第 ${String(row)} 行 row: ${reason}`)
  }
  if (refused.length > 0) return exitStatus.data
  if (values.apply !== true) return 0
  const officer = await seatOptionsFrom(values, 'self')
  try {
    const codes = await register(officer, bytes)
    const names = new Map(units.map(({ uscc, name }) => [uscc, name]))
    if (values.json === true) say(JSON.stringify({ codes }))
    else {
      say(
        '各单位的注册码，各用一次，只显示这一次 codes of the units, each good once, shown this once:',
      )
      for (const { codeFor, code } of codes) say(`${code}  ${names.get(codeFor.uscc ?? '') ?? ''}`)
    }
  } finally {
    officer.client.close()
  }
  return 0
}
