/** `sealbox appoint`: an officer appoints an officer, auditor or administrator, and is given the code to hand over. */
import { roles, type Role } from '../../exchange/index.ts'
import { ApplianceError } from '../errors.ts'
import { appoint } from '../unit/officer.ts'
import { options, required, say } from './options.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, { ...seatOptions, role: { type: 'string' } })
  const id = required(positionals[0], 'the identifier')
  const role = roleOf(required(values.role, '--role'))
  const officer = await seatOptionsFrom(values, 'self')
  try {
    const { code } = await appoint(officer, { id, role })
    say(`${code}  ${id}`)
  } finally {
    officer.client.close()
  }
  return 0
}

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text)
  if (role === undefined) throw new ApplianceError('USAGE', `--role takes ${roles.join(', ')}`)
  return role
}
