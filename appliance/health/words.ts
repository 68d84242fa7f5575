/** A report of the box's health as lines for a terminal. Pure. */
import type { HealthReport, ReportedCheck } from '../../web/index.ts'

export type Language = 'zh' | 'en'

const states = {
  zh: { ok: '正常', warn: '注意', bad: '故障' },
  en: { ok: 'well  ', warn: 'look  ', bad: 'failed' },
} as const

/** One line a matter, what needs a hand first, and under it what to do. */
export function reportLines(report: HealthReport, language: Language): string[] {
  const { running, version, checks } = report
  const open = checks.filter(({ state }) => state !== 'ok').length
  const [head, all] = {
    zh: [
      `印匣 ${version}  ${running ? '正在运行' : '没有运行'}  ${report.at}`,
      open === 0 ? '一切正常。' : `有 ${String(open)} 项需要处理。`,
    ],
    en: [
      `Sealbox ${version}  ${running ? 'running' : 'not running'}  ${report.at}`,
      open === 0 ? 'All is well.' : `${String(open)} need a hand.`,
    ],
  }[language] as [string, string]
  return [head, ...checks.flatMap((check) => checkLines(check, language)), all]
}

function checkLines(check: ReportedCheck, language: Language): string[] {
  const { what, value, advice } = check[language]
  const colon = language === 'zh' ? '：' : ': '
  const arrow = language === 'zh' ? '　　→ ' : '        → '
  return [
    `${states[language][check.state]}  ${what}${colon}${value}`,
    ...(advice === '' ? [] : [`${arrow}${advice}`]),
  ]
}
