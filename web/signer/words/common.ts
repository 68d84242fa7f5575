/** What the signer says everywhere. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export const common = {
  signer: w('签名器', 'Signer'),
  product: w('印匣', 'Sealbox'),
  trial: w('试用 TRIAL', 'TRIAL 试用'),
  skip: w('跳到正文', 'Skip to content'),
  otherLanguage: w('English', '中文'),
  switchLanguage: w('Switch to English', '切换到中文'),
  desk: w('返回办公桌', 'Back to the desk'),
  offline: w('离线 · 从本机文件打开', 'Offline · opened from a file'),
  offlineWhy: w(
    '本页从文件打开，不作任何网络连接。',
    'This page was opened from a file and connects to nothing.',
  ),
  next: w('下一步', 'Next'),
  back: w('上一步', 'Back'),
  again: w('再试一次', 'Try again'),
  save: w('保存', 'Save'),
  print: w('打印', 'Print'),
  working: w('请稍候…', 'One moment…'),
  notLasting: w(
    '此浏览器不允许本页保存数据：关闭本页后，已签次数和日志位置都会丢失。请换普通窗口（非无痕）再签。',
    'This browser lets the page keep nothing: counts of signatures and the journal head are lost when it closes. Use an ordinary window before you sign.',
  ),
  lost: w(
    '连不上印匣。请检查网线或专线，稍后再试。',
    'The box cannot be reached. Check the line, then try again.',
  ),
  noCertificate: w(
    '浏览器没有出示本平台的证书。请先导入证书（.p12），关闭所有浏览器窗口后重新打开。',
    'The browser showed no certificate of this box. Import your .p12 first, close all browser windows and open them again.',
  ),
  clockOff: w(
    '这台电脑的时间与印匣相差超过十分钟，没有办成。请校准电脑时间后再试。',
    "This computer's clock is more than ten minutes off the box's; nothing was done. Set the clock and try again.",
  ),
  unexpected: w('没有办成。', 'That did not work.'),
  reference: (reference: string): Words => w(`编号 ${reference}`, `Reference ${reference}`),
  enrolHere: w('凭注册码注册', 'Enrol with a code'),
} as const satisfies Record<string, Said>

/** Seats and roles by the names that certificates use. */
export const posts: Readonly<Record<string, Words>> = {
  clerk: w('文书', 'clerk'),
  leader: w('领导', 'leader'),
  officer: w('安全员', 'security officer'),
  auditor: w('审计员', 'auditor'),
  administrator: w('系统管理员', 'system administrator'),
}

/** Certificate profiles in a clerk's words. */
export const profileNames: Readonly<Record<string, Words>> = {
  'seat-client': w('登录证书', 'log-in certificate'),
  'seat-signing': w('签名证书', 'signing certificate'),
  'unit-seal': w('电子印章证书', 'seal certificate'),
  'officer-client': w('安全员登录证书', "officer's log-in certificate"),
  'officer-signing': w('安全员签名证书', "officer's signing certificate"),
  'auditor-client': w('审计员登录证书', "auditor's log-in certificate"),
  'auditor-signing': w('审计员签名证书', "auditor's signing certificate"),
  'administrator-client': w('管理员登录证书', "administrator's log-in certificate"),
  'administrator-signing': w('管理员签名证书', "administrator's signing certificate"),
}
