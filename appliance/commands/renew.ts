/** `sealbox renew`: at the unit (or of an administrator), new keys and certificates for what is about to end. */
import { renewFolder } from '../unit/renew_folder.ts'
import { unitPaths } from '../unit/unit_folder.ts'
import { options, required, say } from './options.ts'
import { seatOptions, secretsFrom } from './seat_options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, { ...seatOptions, early: { type: 'boolean' } })
  const directory = required(values.unit, '--unit')
  const secrets = await secretsFrom(directory, values)
  const { renewed } = await renewFolder({ directory, secrets, early: values.early ?? false })
  if (renewed.length === 0) {
    say('没有到期的证书；提前换新用 --early。 Nothing is due; --early renews all the same.')
    return 0
  }
  const paths = unitPaths(directory)
  say(
    `已换新：${String(renewed.length)} 张证书，旧证书到期前仍有效。 Renewed; the old ones stay valid until they end.`,
  )
  for (const { profile, seat } of renewed) {
    if (profile.endsWith('-client')) {
      say(`  ${paths.p12(seat ?? 'self')}  请导入浏览器 import it into the browser`)
    }
  }
  say(
    `  ${paths.keys}  签名密钥（口令和单位密语不变）signing keys; passphrase and unit secret as before`,
  )
  return 0
}
