/** What a report says of a bundle, of times and of heads, as text that a clerk understands. Pure. */
import type { Report, SignatureReport } from '../types.ts'
import type { HeadTime, TimeAttestation } from '../statement/witness.ts'

type Language = 'zh' | 'en'

/** Lines on who signed for a document, and what the journal proves; empty for what is no bundle. */
export function bundleLines({ bundle }: Report, language: Language): string[] {
  if (bundle === undefined) return []
  const { journal, completeness, units } = bundle
  const named = (codes: readonly string[]): string =>
    codes
      .map((code) => (Object.hasOwn(units, code) ? (units[code] ?? code) : code))
      .join(language === 'zh' ? '、' : ', ')
  const zh = language === 'zh'
  return [
    ...(completeness ? completenessLines(completeness, named, language) : []),
    ...(journal
      ? [
          zh
            ? `  日志：${String(journal.entries)} 条关于本文件的条目均在日志之中（共 ${String(journal.size)} 条，由日志密钥签名），延续了签署人所见的 ${String(journal.heads)} 个检查点`
            : `  Journal: ${String(journal.entries)} entries about the document are proven to stand in it (${String(journal.size)} in all, signed by the journal's key); it continues ${String(journal.heads)} heads that signers saw`,
        ]
      : []),
  ]
}

function completenessLines(
  completeness: NonNullable<NonNullable<Report['bundle']>['completeness']>,
  named: (codes: readonly string[]) => string,
  language: Language,
): string[] {
  const { recipients, signedFor, returned, missing, proven } = completeness
  const [of, signed] = [String(recipients), String(signedFor)]
  const proof = {
    zh: proven
      ? '  印匣以日志密钥签名声明：到此检查点为止没有别的答复；所列各条都有日志证明'
      : '  是否齐全没有得到证明',
    en: proven
      ? '  The box signed with the journal’s key that there is no other answer up to this head; each one here is proven by the journal'
      : '  It is not proven that this is complete',
  }
  if (language === 'zh') {
    const gone =
      returned.length > 0 ? `；退文 ${String(returned.length)} 个：${named(returned)}` : ''
    const open = missing.length > 0 ? `；缺 ${String(missing.length)} 个：${named(missing)}` : ''
    return [`  签收：${of} 个收文单位中 ${signed} 个已签收${gone}${open}`, proof.zh]
  }
  const gone = returned.length > 0 ? `; returned by ${named(returned)}` : ''
  const open = missing.length > 0 ? `; missing: ${named(missing)}` : ''
  return [`  Receipts: ${signed} of ${of} signed for${gone}${open}`, proof.en]
}

/** Who vouches for the time of a signature, and between which heads; empty where nothing is known. */
export function timeText({ time }: Pick<SignatureReport, 'time'>, language: Language): string {
  if (time === undefined) return ''
  const zh = language === 'zh'
  const { attestation, notBefore, notAfter } = time
  const words: Readonly<Record<TimeAttestation['attestation'], string>> = zh
    ? { 'BOX-ATTESTED': '仅由印匣证明', WITNESSED: '另有单位见证' }
    : { 'BOX-ATTESTED': 'attested by the box alone', WITNESSED: 'witnessed by another unit' }
  const after = notBefore && `${zh ? '晚于检查点' : 'after head'} ${headText(notBefore)}`
  const before = notAfter && `${zh ? '不晚于检查点' : 'not after head'} ${headText(notAfter)}`
  return [`${attestation} ${words[attestation]}`, after, before]
    .filter((part) => part !== undefined)
    .join(zh ? '，' : ', ')
}

function headText({ size, root, time, by }: HeadTime): string {
  const who = by === undefined ? '' : ` (${[by, time].filter(Boolean).join(', ')})`
  return `${String(size)} ${root}${who}`
}

/** Each fork with the files on either side; the words stand in the findings. */
export function headsLines({ heads }: Report, language: Language): string[] {
  if (heads === undefined) return []
  const zh = language === 'zh'
  const { agreed, heads: count, journal, forks } = heads
  return [
    zh
      ? `  检查点 ${String(count)} 个，相符 ${String(agreed)} 个`
      : `  ${String(count)} heads, ${String(agreed)} of them agree`,
    ...(journal ? [`  ${zh ? '日志' : 'journal'} ${String(journal.size)} ${journal.root}`] : []),
    ...forks.flatMap(({ size, roots }) => [
      zh ? `  分叉：${String(size)} 条处` : `  Fork at size ${String(size)}`,
      ...roots.map(({ root, files }) => `    ${root}: ${files.join(', ')}`),
    ]),
  ]
}
