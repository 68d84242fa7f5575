/** What is said and asked at the console while the data partition is opened, in both languages. Pure. */

import type { DiskErrorCode } from './errors.ts'

interface Words {
  readonly zh: string
  readonly en: string
}

/** Questions; what is typed is never shown. */
export const diskQuestions = {
  passphrase: {
    zh: '数据盘口令（或恢复口令）',
    en: 'Passphrase of the data disk (or the recovery passphrase)',
  },
  recovery: {
    zh: '数据盘恢复口令（由保管人合成，八组、每组四个字符）',
    en: 'Recovery passphrase of the data disk (joined by its custodians, eight groups of four)',
  },
  'new-passphrase': {
    zh: '请定一个数据盘口令，每次开机都要输入（至少 12 个字符）',
    en: 'Choose a passphrase for the data disk; it is asked at each start (12 characters or more)',
  },
  again: { zh: '再输一遍', en: 'Again' },
  pin: { zh: '数据盘 PIN', en: 'PIN of the data disk' },
  'new-pin': {
    zh: '请定一个新的 PIN（至少 6 个字符）',
    en: 'Choose a new PIN (6 characters or more)',
  },
} as const satisfies Record<string, Words>
export type DiskQuestion = keyof typeof diskQuestions

/** Sentences; `{name}` stands for a detail. */
export const diskSentences = {
  forming: {
    zh: '首次启动：正在建立加密的数据盘，请勿断电……',
    en: 'First start: making the encrypted data disk; do not cut the power …',
  },
  opened: {
    zh: '数据盘已打开，正在启动，请稍候……',
    en: 'The data disk is open; starting, please wait …',
  },
  wrong: { zh: '不对，请再试。', en: 'That is wrong; try again.' },
  differ: { zh: '两次不一样。', en: 'The two differ.' },
  'too-short': { zh: '太短。', en: 'Too short.' },
  'sealed-anew': {
    zh: '数据盘的密钥已重新封入 TPM，下次启动不再询问。',
    en: 'The disk’s key is sealed to the TPM anew; the next start does not ask.',
  },
  repaired: {
    zh: '数据盘的文件系统有损坏，已修复；请查看健康状况页。',
    en: 'The file system of the data disk was damaged and has been repaired; see the health page.',
  },
  'not-grown': {
    zh: '数据分区变大了，但文件系统没能扩大，仍按原来的大小使用；原因见系统日志。',
    en: 'The data partition is larger, but its file system could not be grown and stays as it was; the machine’s log says why.',
  },
  none: { zh: '没有可用的 TPM。', en: 'There is no usable TPM.' },
  'no-boot-policy': {
    zh: '本内核映像没有签名的启动策略，TPM 不能使用。',
    en: 'This kernel image brings no signed boot policy, so the TPM is not used.',
  },
  'secure-boot-off': {
    zh: '安全启动（Secure Boot）没有打开，TPM 不能使用。',
    en: 'Secure Boot is off, so the TPM is not used.',
  },
  'owned-by-others': {
    zh: 'TPM 已被他人占用：如要使用，请在固件设置里清除 TPM。',
    en: 'The TPM belongs to somebody else: to use it, clear it in the firmware’s settings.',
  },
  'locked-out': {
    zh: 'PIN 输错太多，TPM 已锁定，每十分钟可再试一次。',
    en: 'Too many wrong PINs: the TPM is locked, one more try every ten minutes.',
  },
  'other-tpm': {
    zh: '这不是封存密钥的 TPM，或它已被清除。',
    en: 'This is not the TPM that holds the disk’s key, or it was cleared.',
  },
  'older-version': {
    zh: '本版本比已经启用的版本旧，TPM 拒绝打开数据盘。',
    en: 'This version is older than the one in use: the TPM refuses to open the data disk.',
  },
  'firmware-changed': {
    zh: '固件的安全启动设置与封存时不同（固件升级，或有人动过）。',
    en: 'The firmware’s Secure Boot state is not the one it was sealed to (an upgrade of firmware, or somebody changed it).',
  },
  'foreign-kernel': {
    zh: '启动的内核不是所有者签名的内核。',
    en: 'The kernel that was started is not the one that the owner signed for.',
  },
  pin: { zh: 'PIN 三次都不对。', en: 'Three wrong PINs.' },
  failed: { zh: '数据盘打不开：', en: 'The data disk cannot be opened:' },
} as const satisfies Record<string, Words>
export type DiskSentence = keyof typeof diskSentences

/** What acts on the keys are refused with; codes of `DiskErrorCode`. */
export const diskRefusals = {
  DISK_SECRET_WEAK: {
    zh: '太短：口令至少 12 个字符，PIN 至少 6 个。',
    en: 'Too short: a passphrase has 12 characters or more, a PIN 6.',
  },
  DISK_LOCKED: {
    zh: '原来的口令不对，或密钥不在 TPM 里。',
    en: 'The old passphrase is wrong, or the key is not in a TPM.',
  },
  DISK_RECOVERY_MALFORMED: {
    zh: '恢复口令为八组、每组四个字符。',
    en: 'A recovery passphrase has eight groups of four.',
  },
  DISK_RECOVERY_PRESENT: {
    zh: '已有恢复口令；更换须先输入原来的（由保管人合成）。',
    en: 'There is a recovery passphrase already; to replace it, its custodians join the old one.',
  },
  DISK_FOREIGN: { zh: '数据盘不是本机的。', en: 'The data disk is not this box’s.' },
  DISK_TOOL_FAILED: {
    zh: '没有成功，原因见系统日志。',
    en: 'It did not succeed; the machine’s log says why.',
  },
} as const satisfies Partial<Record<DiskErrorCode, Words>>

/** The words of a refusal's code; of one that has none those of a tool that failed. */
export function diskRefusal(code: string): Words {
  const found = Object.entries(diskRefusals).find(([known]) => known === code)?.[1]
  return found ?? diskRefusals.DISK_TOOL_FAILED
}
