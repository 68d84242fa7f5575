/** What the signer says about opening and locking keys. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export const unlock = {
  title: w('打开签名密钥', 'Open the signing key'),
  lead: w(
    '密钥只在本页内存里打开，一段时间不签名就自动锁上。',
    "It is opened in this page's memory only, and locks itself when nothing is signed for a while.",
  ),
  ofUnit: (name: string): Words => w(`${name}的密钥`, `Keys of ${name}`),
  passphrase: w('口令', 'Passphrase'),
  secret: w('单位密语', 'Unit secret'),
  secretHint: w(
    '密语单上的 28 位，可用扫码枪扫。只需输入一次，以后本浏览器记得。',
    '28 characters on the secret sheet; a hand-held scanner may type it. Only once: this browser remembers it.',
  ),
  secretMistyped: w(
    '密语有一两位输错了，请逐位核对。',
    'A character or two of the secret is wrong; compare it.',
  ),
  secretKnown: w('本浏览器记得单位密语', 'This browser remembers the unit secret'),
  secretForget: w('忘掉它', 'Forget it'),
  wrong: w('口令或单位密语不对。', 'The passphrase or the unit secret is wrong.'),
  open: w('打开', 'Open'),
  opening: w('正在打开（约一秒）…', 'Opening (about a second)…'),
  minutes: w('不签名时自动锁上（分钟）', 'Lock when nothing is signed for (minutes)'),
  lockNow: w('立即锁上', 'Lock now'),
  openWord: w('密钥已打开 · ', 'Key open · '),
  locksIn: (time: string): Words => w(`${time} 后锁上`, `locks in ${time}`),
  isOpen: w('密钥已打开', 'The key is open'),
  noFile: w(
    '印匣没有保存本单位的密钥文件。请放入单位文件（.unit.json）。',
    'The box keeps no key file of yours. Drop your unit file (.unit.json) here.',
  ),
  dropUnit: w('放入单位文件', 'Drop the unit file'),
  dropUnitHow: w(
    '注册时保存的 .unit.json，或点此选择',
    'The .unit.json saved when you enrolled; or click to choose',
  ),
  wrongOwner: (owner: string, holder: string): Words =>
    w(
      `这是 ${owner} 的密钥文件，不能替 ${holder} 签名。`,
      `These keys are of ${owner}; they cannot sign for ${holder}.`,
    ),
  noCertificate: w(
    '密钥文件里没有与有效证书相配的签名密钥。证书可能已到期或被吊销，请联系安全员。',
    'No key in the file fits a live certificate. It may have expired or been revoked: ask the security officer.',
  ),
  notUnitFile: w('这不是单位文件。', 'This is no unit file.'),
  otherBox: w('这是另一台印匣的单位文件。', 'This unit file is of another box.'),
} as const satisfies Record<string, Said>
