/** `sealbox ceremony roll-over`: a new root, or a new issuing authority, beside the old one. The box must not run. */
import { holdRollOver, rehearseRollOver, rolledRoles } from '../ceremony/roll_over.ts'
import { ApplianceError } from '../errors.ts'
import { ceremonyOptions, holdAtBox, withBoxAtRest } from './ceremony.ts'
import { options, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, {
    ...ceremonyOptions,
    role: { type: 'string' },
    'dry-run': { type: 'boolean' },
  })
  const role = rolledRoles.find((one) => one === values.role)
  if (role === undefined) throw new ApplianceError('USAGE', '--role is root or issuing')
  if (values['dry-run'] !== true) return holdAtBox(values, (held) => holdRollOver(held, role))
  const { certificates } = await withBoxAtRest(values, (box) => rehearseRollOver(box, role))
  say(
    `预演无误：${String(certificates)} 张证书，未作改动。 Rehearsed: ${String(certificates)} certificates; nothing was changed.`,
  )
  return 0
}
