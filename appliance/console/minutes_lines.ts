/** The minutes of a ceremony as lines for a console: what people read aloud and compare. The whole minutes are in the papers. Pure. */
import type { Minutes } from '../../provisioning/index.ts'
import { fingerprintWords } from '../../provisioning/index.ts'
import { clockIn } from './answers.ts'
import type { Dialogue } from './dialogue.ts'

export function minutesLines(
  dialogue: Pick<Dialogue, 'w' | 'language'>,
  minutes: Minutes,
): string[] {
  const { w } = dialogue
  const { box, heldAt, place, present, certificates, shares, officers, software } = minutes
  const at = `${clockIn(box.zone, new Date(heldAt))} (${box.zone})`
  return [
    w('—— 密钥仪式记录 ——', '-- Minutes of the key ceremony --'),
    `${w('区', 'District')}: ${box.districtName}`,
    `${w('机器', 'Box')}: ${box.id}, ${box.hostNames.join(', ')}`,
    `${w('时间', 'Held at')}: ${at}${place === '' ? '' : `, ${place}`}`,
    `${w('在场', 'Present')}: ${present.map(({ name, part }) => `${name} (${part})`).join(', ')}`,
    `${w('软件', 'Software')}: Sealbox ${software.version}`,
    `${w('签发的证书', 'Certificates made')}: ${certificates.map(({ key }) => key).join(', ')}`,
    ...(shares === null ? [] : [sharesLine({ w }, shares)]),
    `${w('安全员', 'Officers')}: ${officers.join(', ')}`,
    ...fingerprintLines(dialogue, minutes.root),
  ]
}

/** The root's fingerprint, by digits and by words, to be read aloud by one and compared by another. */
export function fingerprintLines(
  { w, language }: Pick<Dialogue, 'w' | 'language'>,
  root: string,
): string[] {
  const { hex, chinese, english } = fingerprintWords(root)
  const rows = language === 'zh' ? chinese : english
  return [
    `${w('根证书指纹', 'Fingerprint of the root (SHA-256)')}:`,
    `    ${hex}`,
    ...rows.map((row) => `    ${row.join('  ')}`),
  ]
}

function sharesLine(
  { w }: Pick<Dialogue, 'w'>,
  { needed, custodians }: NonNullable<Minutes['shares']>,
): string {
  const of = String(custodians.length)
  const words = w(
    `${of} 份，任意 ${String(needed)} 份可以打开`,
    `${of}, any ${String(needed)} open it`,
  )
  return `${w('根密钥的份额', 'Shares of the root key')}: ${words}: ${custodians.join(', ')}`
}
