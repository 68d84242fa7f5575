/** `sealbox disk-recovery`: on any machine, the custodians bring back what opens a box's data disk when its TPM does not. */
import { openBackupShares } from '../backup/key_ceremony.ts'
import { recoveryOfIdentity } from '../disk/recovery_passphrase.ts'
import { sharesFrom } from './ceremony.ts'
import { options, say } from './options.ts'

const known = { share: { type: 'string', multiple: true } } as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const { secret } = await openBackupShares(await sharesFrom(values.share ?? []))
  say('在那台机器上输入 Type at the box:')
  say(`  ${recoveryOfIdentity(secret)}`)
  return 0
}
