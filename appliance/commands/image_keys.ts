/** `sealbox image keys`: the owner's keys for Secure Boot, the data partition's policy and upgrades, made once and kept away from networks. */
import { makeKeys } from '../image/keys.ts'
import { options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, { out: { type: 'string' } })
  const folder = required(values.out, '--out')
  await makeKeys(folder)
  say(`密钥已生成，请离线保管 keys made, keep them away from any network: ${folder}`)
  return 0
}
